"""Corrections by the organization that recorded the hours: of what a volunteer asked for, or of its own accord.

Never by whose hours they are. The volunteer is told either way, with the reason.
"""

from __future__ import annotations

from typing import Any

from services.attendance import commands, metrics
from services.attendance.domain import CorrectionStatus, Interval
from services.attendance.errors import AboutOneself
from services.attendance.events import CorrectionDecided
from services.attendance.models import Correction, ServiceRecord
from services.attendance.repository import AttendanceUnitOfWork
from services.attendance.use_cases.claimed_time import said_of
from services.attendance.use_cases.oneself import require_somebody_else
from services.attendance.use_cases.requesting_corrections import require_correctable, state_of
from services.attendance.use_cases.rewriting import correct, faults_of_correction, locked_record
from services.attendance.use_cases.scanning import ROLES
from services.attendance.use_cases.standing_in import audited, in_whose_place
from services.chassis.errors import AlreadyDecided, FieldError, Invalid, NotFound
from services.chassis.ids import new_id


def decide_correction(command: commands.DecideCorrection, uow: AttendanceUnitOfWork) -> dict[str, Any]:
    """Grant what was asked for, or another time that is true; or refuse, and say why."""
    correction, record = decidable(uow, command.correction_id)
    asked_for = _asked_for(correction)
    time = asked_for if command.corrected is None else command.corrected.time
    faults = _faults(command, as_asked=time == asked_for)
    if command.grant and command.corrected is None:
        faults += said_of("grant", faults_as_asked(uow, correction, record))
    elif command.grant:
        faults += faults_of_correction(uow, record, time, "corrected.")
    if faults:
        raise Invalid(*faults)
    concerned = {correction.requested_by, uow.copies.account_of(correction.volunteer_id)}
    organization_id = uow.copies.activity(correction.activity_id).organization_id
    correction.on_behalf_of = in_whose_place(
        uow, organization_id, concerned, AboutOneself, roles=ROLES, from_above=False
    )
    correction.status = (CorrectionStatus.GRANTED if command.grant else CorrectionStatus.REFUSED).value
    correction.minutes_before = record.minutes
    if command.grant:
        require_correctable(record)
        correct(uow, record, time, correction.on_behalf_of)
        correction.granted_starts_at, correction.granted_ends_at = time.starts_at, time.ends_at
    correction.version += 1
    _conclude(uow, correction, record, command.reason)
    return state_of(correction, record)


def decidable(uow: AttendanceUnitOfWork, correction_id: str) -> tuple[Correction, ServiceRecord]:
    """The correction that waits and its record, locked, if the caller may decide about it and it is not their own.

    Raises ``NotFound``, ``AboutOneself``, ``AlreadyDecided``.
    """
    found = uow.corrections.find(correction_id)
    if found is None or not may_decide(uow, found):
        raise NotFound(what="correction")
    record = _anothers_record(uow, found.record_id)
    correction = uow.corrections.find(found.id)
    assert correction is not None
    if correction.status != CorrectionStatus.REQUESTED:
        raise AlreadyDecided(status=correction.status)
    return correction, record


def faults_as_asked(uow: AttendanceUnitOfWork, correction: Correction, record: ServiceRecord) -> list[FieldError]:
    """What is wrong by now with the time that was asked for: the shift may have been moved since."""
    return faults_of_correction(uow, record, _asked_for(correction))


def may_decide(uow: AttendanceUnitOfWork, correction: Correction) -> bool:
    """Whether the caller runs the attendance that it is about, or stands in for an owner who does; be it their own."""
    return uow.reviewing.reaches(uow.copies.activity(correction.activity_id).organization_id, *ROLES)


def _asked_for(correction: Correction) -> Interval:
    assert correction.starts_at is not None
    assert correction.ends_at is not None  # a volunteer's wish has both
    return Interval(correction.starts_at, correction.ends_at)


def _faults(command: commands.DecideCorrection, *, as_asked: bool) -> list[FieldError]:
    found = []
    if not command.reason and not (command.grant and as_asked):
        words = ("驳回或另定时间须说明理由", "a refusal, or another time, needs a reason")
        found.append(FieldError("reason", "required", *words))
    if not command.grant and command.corrected is not None:
        words = ("驳回时不能更正", "a refused correction corrects nothing")
        found.append(FieldError("corrected", "not_granted", *words))
    return found


def amend_record(command: commands.AmendRecord, uow: AttendanceUnitOfWork) -> dict[str, Any]:
    """Correct what nobody asked to be corrected, with a reason; without a time, the minutes are taken back."""
    activity = uow.copies.activity(uow.records.get(command.record_id).activity_id)
    if not uow.organizations.reaches(activity.organization_id, *ROLES):
        raise NotFound(what="record")
    record = _anothers_record(uow, command.record_id)
    require_correctable(record)
    time = None if command.corrected is None else command.corrected.time
    if time is not None and (faults := faults_of_correction(uow, record, time, "corrected.")):
        raise Invalid(*faults)
    now, account_id = uow.clock.now(), uow.caller.require_account()
    correction = Correction(
        id=new_id(),
        record_id=record.id,
        volunteer_id=record.volunteer_id,
        activity_id=record.activity_id,
        on_request=False,
        reason=command.reason,
        status=CorrectionStatus.GRANTED.value,
        requested_by=account_id,
        requested_at=now,
        minutes_before=record.minutes,
        granted_starts_at=None if time is None else time.starts_at,
        granted_ends_at=None if time is None else time.ends_at,
        version=1,
    )
    correct(uow, record, time, on_behalf_of=None)
    uow.corrections.add(correction)
    _conclude(uow, correction, record, command.reason)
    return state_of(correction, record)


def _anothers_record(uow: AttendanceUnitOfWork, record_id: str) -> ServiceRecord:
    """The record, locked; raises ``AboutOneself`` for one of the caller's own."""
    record = locked_record(uow, record_id)
    require_somebody_else(uow, record.volunteer_id)
    return record


def _conclude(uow: AttendanceUnitOfWork, correction: Correction, record: ServiceRecord, reason: str | None) -> None:
    correction.decided_by = uow.caller.require_account()
    correction.decided_at = uow.clock.now()
    correction.decision_reason = reason
    correction.minutes = record.minutes
    uow.audit(
        f"correction.{correction.status}" if correction.on_request else "record.amended",
        f"correction:{correction.id}",
        record_id=record.id,
        volunteer_id=record.volunteer_id,
        minutes_before=correction.minutes_before,
        minutes=record.minutes,
        **audited(correction.on_behalf_of),
    )
    metrics.CORRECTIONS.labels(correction.status if correction.on_request else "unasked").inc()
    event = CorrectionDecided(
        correction_id=correction.id,
        record_id=record.id,
        volunteer_id=record.volunteer_id,
        activity_id=record.activity_id,
        title=uow.copies.activity(record.activity_id).title,
        on_request=correction.on_request,
        granted=correction.status == CorrectionStatus.GRANTED,
        minutes=record.minutes,
        reason=reason,
    )
    uow.publish(event, version=correction.version)
