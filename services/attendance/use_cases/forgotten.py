"""Forgotten sign-outs: they stay open, go to the organizer, and are closed by somebody's word.

Nothing is guessed: a record without a sign-out counts nothing, however long its shift has been over. Who was there says
when the volunteer left, with a reason and inside the shift; the minutes carry ``organizer`` for good, the volunteer is
told, and the disclosure that follows shows them to everybody. What was served after the shift is a supplement's matter.
"""

from __future__ import annotations

from typing import Any

from services.attendance import commands
from services.attendance.domain import Direction, Interval, RecordStatus
from services.attendance.errors import ActivityRevoked, SignOutStillTaken
from services.attendance.events import SignOutEntered
from services.attendance.models import ActivityCopy, ServiceRecord, ShiftCopy
from services.attendance.repository import AttendanceUnitOfWork
from services.attendance.use_cases import signing
from services.attendance.use_cases.claimed_time import require_no_overlap
from services.attendance.use_cases.one_of_many import result_of
from services.attendance.use_cases.oneself import require_somebody_else
from services.attendance.use_cases.scanning import REVOKED, ROLES, is_too_late_to_sign_out, window_of
from services.chassis.clock import SHANGHAI
from services.chassis.errors import FieldError, IllegalTransition, Invalid, NotFound


def list_open_records(query: commands.ListOpenRecords, uow: AttendanceUnitOfWork) -> dict[str, Any]:
    """What was left open in an organization and those below it, oldest first, for whoever runs attendance there."""
    uow.organizations.require(query.organization_id, *ROLES)
    conditions = [uow.organizations.subtree(ActivityCopy.organization_id, query.organization_id)]
    if query.activity_id is not None:
        conditions.append(ServiceRecord.activity_id == query.activity_id)
    page = uow.page(
        uow.records.forgotten(uow.clock.now() - uow.settings.sign_outs_after, *conditions),
        [ServiceRecord.served_on, ServiceRecord.id],
        limit=query.limit,
        cursor=query.cursor,
        scope=f"open-records:{query.organization_id}:{query.activity_id}",
    )
    return {"items": [_shown(*row) for row in page.items], "next_cursor": page.next_cursor}


def _shown(record: ServiceRecord, shift: ShiftCopy, activity: ActivityCopy, name: str | None) -> dict[str, Any]:
    return {
        "record_id": record.id,
        "organization_id": activity.organization_id,
        "activity_id": activity.id,
        "title": activity.title,
        "shift_id": shift.id,
        "shift_starts_at": shift.starts_at,
        "shift_ends_at": shift.ends_at,
        "volunteer_id": record.volunteer_id,
        "name": name,
        "date": record.served_on,
        "signed_in_at": record.signed_in_at,
        "provenance": record.provenance,
    }


def enter_sign_out(command: commands.EnterSignOut, uow: AttendanceUnitOfWork) -> dict[str, Any]:
    """Close one record; never one's own."""
    found = uow.records.get(command.record_id)
    uow.copies.lock_volunteer(found.volunteer_id)
    return _enter(command, uow)


def enter_sign_outs(command: commands.EnterSignOuts, uow: AttendanceUnitOfWork) -> dict[str, Any]:
    """Each record by itself: one that is refused leaves the others as they are."""
    uow.organizations.require(uow.copies.activity(command.activity_id).organization_id, *ROLES)
    uow.copies.lock_volunteers(uow.records.volunteers_of(command.record_ids))
    return {"items": [_result(record_id, command, uow) for record_id in command.record_ids]}


def _result(record_id: str, command: commands.EnterSignOuts, uow: AttendanceUnitOfWork) -> dict[str, Any]:
    def enter() -> dict[str, Any]:
        if uow.records.get(record_id).activity_id != command.activity_id:
            raise NotFound(what="record")
        one = commands.EnterSignOut(record_id=record_id, signed_out_at=command.signed_out_at, reason=command.reason)
        return _enter(one, uow)

    entered, error = result_of(uow, enter)
    return {"record_id": record_id, "minutes": None if entered is None else entered["minutes"], "error": error}


def _enter(command: commands.EnterSignOut, uow: AttendanceUnitOfWork) -> dict[str, Any]:
    """Under the volunteer's lock."""
    record = uow.records.get(command.record_id)
    activity, shift = uow.copies.activity(record.activity_id), uow.copies.shift(record.shift_id)
    if shift is None or not uow.organizations.reaches(activity.organization_id, *ROLES):
        raise NotFound(what="record")
    require_somebody_else(uow, record.volunteer_id)
    if record.status != RecordStatus.OPEN or record.signed_in_at is None:
        raise IllegalTransition(current=record.status, attempted=RecordStatus.RECORDED.value)
    if activity.status == REVOKED:
        raise ActivityRevoked()
    if not is_too_late_to_sign_out(uow, shift):
        closes_at = window_of(uow, Direction.SIGN_OUT, shift).ends_at
        raise SignOutStillTaken(closes_at=closes_at.astimezone(SHANGHAI).isoformat(timespec="minutes"))
    time = Interval(max(record.signed_in_at, shift.starts_at), command.signed_out_at)
    if not time.starts_at <= time.ends_at <= shift.ends_at:
        raise Invalid(
            FieldError("signed_out_at", "outside_shift", "应在签到之后、班次结束之前", "is not between sign-in and end")
        )
    require_no_overlap(uow, record.volunteer_id, time, but=record.id)
    signing.enter_sign_out(uow, record, shift, command.signed_out_at, command.reason)
    uow.audit(
        "record.sign_out_entered", f"record:{record.id}", volunteer_id=record.volunteer_id, minutes=record.minutes
    )
    _tell(uow, record, activity.title, command)
    return {
        "record_id": record.id,
        "status": record.status,
        "provenance": record.provenance,
        "signed_in_at": record.signed_in_at,
        "signed_out_at": record.signed_out_at,
        "minutes": record.minutes,
    }


def _tell(uow: AttendanceUnitOfWork, record: ServiceRecord, title: str, command: commands.EnterSignOut) -> None:
    event = SignOutEntered(
        record_id=record.id,
        volunteer_id=record.volunteer_id,
        activity_id=record.activity_id,
        title=title,
        signed_out_at=command.signed_out_at,
        minutes=record.minutes,
        reason=command.reason,
    )
    uow.publish(event, version=record.version)
