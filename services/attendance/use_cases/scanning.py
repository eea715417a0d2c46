"""Codes on a screen, and the scans of them (notice, attachment 2, 二.7 and 三.9).

The refusals of a scan stand in the order in which a volunteer at the door can do something about them: the code, then
the person, then the activity, then the moment and the place, then what was scanned before.
"""

from __future__ import annotations

from datetime import timedelta

from services.attendance import commands, metrics
from services.attendance.codes import Code, ShownCode
from services.attendance.domain import (
    Direction,
    Fence,
    Interval,
    Place,
    Provenance,
    RecordStatus,
    change_status,
    scan_window,
    served,
)
from services.attendance.errors import (
    ActivityRevoked,
    AlreadySignedIn,
    NonceReused,
    NotAccepted,
    NotSignedIn,
    NotVerifiedInPerson,
    OutsideFence,
    TooManyPairs,
    WrongTime,
)
from services.attendance.events import SignedIn, SignedOut
from services.attendance.models import ActivityCopy, Scan, ServiceRecord, ShiftCopy, VolunteerCopy
from services.attendance.repository import AttendanceUnitOfWork
from services.attendance.use_cases import hours
from services.chassis.clock import SHANGHAI, local_day
from services.chassis.errors import AppError, NotFound
from services.chassis.ids import new_id

ROLES = ("owner", "organizer", "recorder")
"""Who runs an activity's attendance: shows codes, asks for supplements, discloses."""

REVOKED = "revoked"
SUSPENDED = frozenset({"suspended", "erased"})


def show_code(query: commands.ShowCode, uow: AttendanceUnitOfWork) -> ShownCode:
    """The code that the organizer's screen shows now."""
    activity = uow.copies.activity(query.activity_id)
    uow.organizations.require(activity.organization_id, *ROLES)
    shift = uow.copies.shift(query.shift_id)
    if shift is None or shift.activity_id != activity.id:
        raise NotFound(what="shift")
    if activity.status == REVOKED:
        raise ActivityRevoked()
    shown: ShownCode = uow.settings.codes.show(shift.id, Direction(query.kind), uow.clock.now())
    return shown


def scan_code(command: commands.ScanCode, uow: AttendanceUnitOfWork) -> ServiceRecord:
    """Sign in or out. The same nonce again answers the same record, and changes nothing."""
    try:
        record, outcome = _scan(command, uow)
    except AppError as refusal:
        metrics.SCANS.labels(refusal.code).inc()
        raise
    metrics.SCANS.labels(outcome).inc()
    return record


def _scan(command: commands.ScanCode, uow: AttendanceUnitOfWork) -> tuple[ServiceRecord, str]:
    volunteer_id = uow.caller.require_volunteer()
    code: Code = uow.settings.codes.read(command.token)
    volunteer = uow.copies.lock_volunteer(volunteer_id)
    # Before the code's age: a phone that got no answer asks again when the code is long gone.
    before = uow.records.scan_with(volunteer_id, command.nonce)
    if before is not None:
        if (before.shift_id, before.direction) != (code.shift_id, code.direction):
            raise NonceReused()
        return uow.records.get(before.record_id), "repeated"
    uow.settings.codes.require_fresh(code, uow.clock.now())
    shift = uow.copies.shift(code.shift_id)
    if shift is None or _suspended(volunteer) or not uow.copies.is_accepted(volunteer_id, shift.id):
        raise NotAccepted()
    require_verified(volunteer)
    activity = uow.copies.activity(shift.activity_id)
    if activity.status == REVOKED:
        raise ActivityRevoked()
    _require_the_time(uow, code.direction, shift)
    _require_the_place(activity, command.location)
    take = _sign_in if code.direction is Direction.SIGN_IN else _sign_out
    record = take(uow, volunteer_id, activity, shift)
    uow.records.add_scan(_as_scan(uow, command, code, record))
    return record, "ok"


def _suspended(volunteer: VolunteerCopy | None) -> bool:
    """Whether the volunteer's places are worth nothing now, though activity may not have heard of it yet."""
    return volunteer is not None and volunteer.status in SUSPENDED


def require_verified(volunteer: VolunteerCopy | None) -> None:
    """Raises ``NotVerifiedInPerson`` for who has not been seen with their certificate, or is not known here yet."""
    if volunteer is None or not volunteer.verified_in_person:
        raise NotVerifiedInPerson()


def _require_the_time(uow: AttendanceUnitOfWork, direction: Direction, shift: ShiftCopy) -> None:
    window = scan_window(
        direction,
        Interval(shift.starts_at, shift.ends_at),
        before=timedelta(minutes=uow.settings.scan_before_minutes),
        after=timedelta(minutes=uow.settings.scan_after_minutes),
    )
    if not window.starts_at <= uow.clock.now() < window.ends_at:
        raise WrongTime(
            opens_at=window.starts_at.astimezone(SHANGHAI).isoformat(timespec="minutes"),
            closes_at=window.ends_at.astimezone(SHANGHAI).isoformat(timespec="minutes"),
        )


def _require_the_place(activity: ActivityCopy, location: Place | None) -> None:
    if activity.fence_metres is None or activity.latitude is None or activity.longitude is None:
        return
    if not Fence(Place(activity.latitude, activity.longitude), activity.fence_metres).holds(location):
        raise OutsideFence(metres=activity.fence_metres)


def _sign_in(uow: AttendanceUnitOfWork, volunteer_id: str, activity: ActivityCopy, shift: ShiftCopy) -> ServiceRecord:
    now = uow.clock.now()
    still_open = uow.records.open_during(volunteer_id, Interval(shift.starts_at, shift.ends_at))
    if still_open is not None:
        raise AlreadySignedIn(record_id=still_open.id)
    if uow.records.pairs_on(volunteer_id, activity.id, local_day(now)) >= uow.settings.pairs_a_day:
        raise TooManyPairs(limit=uow.settings.pairs_a_day)
    record = ServiceRecord(
        id=new_id(),
        volunteer_id=volunteer_id,
        activity_id=activity.id,
        shift_id=shift.id,
        organization_id=activity.organization_id,
        status=RecordStatus.OPEN.value,
        provenance=Provenance.SCAN.value,
        served_on=local_day(now),
        signed_in_at=now,
        minutes=0,
        created_at=now,
        version=1,
    )
    uow.records.add(record)
    uow.publish(
        SignedIn(record_id=record.id, volunteer_id=volunteer_id, activity_id=activity.id, shift_id=shift.id, at=now),
        version=record.version,
    )
    return record


def _sign_out(uow: AttendanceUnitOfWork, volunteer_id: str, activity: ActivityCopy, shift: ShiftCopy) -> ServiceRecord:
    now = uow.clock.now()
    record = uow.records.open_at(volunteer_id, shift.id)
    if record is None or record.signed_in_at is None:
        raise NotSignedIn()
    record.status = change_status(record.status, RecordStatus.RECORDED)
    record.signed_out_at = now
    record.version += 1
    time = served(record.signed_in_at, now, Interval(shift.starts_at, shift.ends_at))
    hours.give(uow, record, time, Provenance.SCAN)
    uow.publish(
        SignedOut(record_id=record.id, volunteer_id=volunteer_id, activity_id=activity.id, shift_id=shift.id, at=now),
        version=record.version,
    )
    return record


def _as_scan(uow: AttendanceUnitOfWork, command: commands.ScanCode, code: Code, record: ServiceRecord) -> Scan:
    return Scan(
        volunteer_id=record.volunteer_id,
        nonce=command.nonce,
        record_id=record.id,
        shift_id=code.shift_id,
        direction=code.direction.value,
        at=uow.clock.now(),
        scanned_at=command.scanned_at,
        latitude=command.location.latitude if command.location else None,
        longitude=command.location.longitude if command.location else None,
    )
