"""Codes on a screen, and the scans of them (notice, attachment 2, 二.7 and 三.9).

The refusals of a scan stand in the order in which a volunteer at the door can do something about them: the code, then
the person, then the activity, then the moment and the place, then what was scanned before.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from services.attendance import commands, metrics
from services.attendance.codes import Code, ShownCode
from services.attendance.domain import (
    Direction,
    Fence,
    Interval,
    Place,
    Provenance,
    scan_window,
)
from services.attendance.errors import (
    ActivityRevoked,
    AlreadySignedIn,
    NonceReused,
    NotAccepted,
    NotSignedIn,
    NotVerifiedInPerson,
    OutsideFence,
    StaticCodeNotAllowed,
    TooManyPairs,
    WrongTime,
)
from services.attendance.models import ActivityCopy, Scan, ServiceRecord, ShiftCopy, VolunteerCopy
from services.attendance.repository import AttendanceUnitOfWork
from services.attendance.use_cases import signing
from services.chassis.clock import SHANGHAI, local_day
from services.chassis.errors import AppError, NotFound

ROLES = ("owner", "organizer", "recorder")
"""Who runs an activity's attendance: shows codes, asks for supplements, discloses."""

REVOKED = "revoked"
SUSPENDED = frozenset({"suspended", "erased"})


def show_code(query: commands.ShowCode, uow: AttendanceUnitOfWork) -> ShownCode:
    """The code that the organizer's screen shows now."""
    _, shift = attended(uow, query.activity_id, query.shift_id)
    shown: ShownCode = uow.settings.codes.show(shift.id, Direction(query.kind), uow.clock.now())
    return shown


def print_code(command: commands.PrintCode, uow: AttendanceUnitOfWork) -> dict[str, Any]:
    """The code that the organizer hangs up where there is no screen. Who took one is written down: it can be copied."""
    activity, shift = attended(uow, command.activity_id, command.shift_id)
    if not activity.static_codes_allowed:
        raise StaticCodeNotAllowed()
    direction = Direction(command.kind)
    window = window_of(uow, direction, shift)
    uow.audit("static_code.shown", f"activity:{activity.id}", shift_id=shift.id, kind=direction.value)
    return {
        "token": uow.settings.codes.print(shift.id, direction),
        "kind": direction.value,
        "valid_from": window.starts_at,
        "valid_until": window.ends_at,
    }


def attended(uow: AttendanceUnitOfWork, activity_id: str, shift_id: str) -> tuple[ActivityCopy, ShiftCopy]:
    """An activity and its shift, whose attendance the caller runs."""
    activity = uow.copies.activity(activity_id)
    uow.organizations.require(activity.organization_id, *ROLES)
    shift = uow.copies.shift(shift_id)
    if shift is None or shift.activity_id != activity.id:
        raise NotFound(what="shift")
    if activity.status == REVOKED:
        raise ActivityRevoked()
    return activity, shift


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
    handed_in = uow.offline.with_nonce(volunteer_id, command.nonce)
    if handed_in is not None:
        if handed_in.record_id is None or (handed_in.shift_id, handed_in.direction) != (code.shift_id, code.direction):
            raise NonceReused()
        return uow.records.get(handed_in.record_id), "repeated"
    uow.settings.codes.require_fresh(code, uow.clock.now())
    shift = uow.copies.shift(code.shift_id)
    if shift is None or is_suspended(volunteer) or not uow.copies.is_accepted(volunteer_id, shift.id):
        raise NotAccepted()
    require_verified(volunteer)
    activity = uow.copies.activity(shift.activity_id)
    if activity.status == REVOKED:
        raise ActivityRevoked()
    if code.printed and not activity.static_codes_allowed:
        raise StaticCodeNotAllowed()
    _require_the_time(uow, code.direction, shift)
    _require_the_place(activity, command.location)
    take = _sign_in if code.direction is Direction.SIGN_IN else _sign_out
    record = take(uow, volunteer_id, shift, Provenance.STATIC_CODE if code.printed else Provenance.SCAN)
    uow.records.add_scan(_as_scan(uow, command, code, record))
    return record, "ok"


def is_suspended(volunteer: VolunteerCopy | None) -> bool:
    """Whether the volunteer's places are worth nothing now, though activity may not have heard of it yet."""
    return volunteer is not None and volunteer.status in SUSPENDED


def require_verified(volunteer: VolunteerCopy | None) -> None:
    """Raises ``NotVerifiedInPerson`` for who has not been seen with their certificate, or is not known here yet."""
    if volunteer is None or not volunteer.verified_in_person:
        raise NotVerifiedInPerson()


def window_of(uow: AttendanceUnitOfWork, direction: str, shift: ShiftCopy) -> Interval:
    """When scans in this direction are taken at a shift."""
    return scan_window(
        Direction(direction),
        Interval(shift.starts_at, shift.ends_at),
        before=timedelta(minutes=uow.settings.scan_before_minutes),
        after=uow.settings.sign_outs_after,
    )


def is_too_late_to_sign_out(uow: AttendanceUnitOfWork, shift: ShiftCopy) -> bool:
    """Whether no scan closes a record of the shift any more: what is open then was forgotten."""
    return window_of(uow, Direction.SIGN_OUT, shift).ends_at <= uow.clock.now()


def _require_the_time(uow: AttendanceUnitOfWork, direction: Direction, shift: ShiftCopy) -> None:
    window = window_of(uow, direction, shift)
    if not window.starts_at <= uow.clock.now() < window.ends_at:
        raise WrongTime(
            opens_at=window.starts_at.astimezone(SHANGHAI).isoformat(timespec="minutes"),
            closes_at=window.ends_at.astimezone(SHANGHAI).isoformat(timespec="minutes"),
        )


def fence_of(activity: ActivityCopy) -> Fence | None:
    """From where scans of an activity are taken; None: from anywhere."""
    if activity.fence_metres is None or activity.latitude is None or activity.longitude is None:
        return None
    return Fence(Place(activity.latitude, activity.longitude), activity.fence_metres)


def _require_the_place(activity: ActivityCopy, location: Place | None) -> None:
    fence = fence_of(activity)
    if fence is not None and not fence.holds(location):
        raise OutsideFence(metres=fence.metres)


def _sign_in(uow: AttendanceUnitOfWork, volunteer_id: str, shift: ShiftCopy, provenance: Provenance) -> ServiceRecord:
    now = uow.clock.now()
    still_open = uow.records.open_during(volunteer_id, Interval(shift.starts_at, shift.ends_at))
    if still_open is not None:
        raise AlreadySignedIn(record_id=still_open.id)
    if uow.records.pairs_on(volunteer_id, shift.activity_id, local_day(now)) >= uow.settings.pairs_a_day:
        raise TooManyPairs(limit=uow.settings.pairs_a_day)
    return signing.sign_in(uow, volunteer_id, shift, now, provenance)


def _sign_out(uow: AttendanceUnitOfWork, volunteer_id: str, shift: ShiftCopy, provenance: Provenance) -> ServiceRecord:
    record = uow.records.open_at(volunteer_id, shift.id)
    if record is None or record.signed_in_at is None:
        raise NotSignedIn()
    signing.sign_out(uow, record, shift, uow.clock.now(), provenance)
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
        device=uow.settings.digest_of_device(command.device),
    )
