"""Opening and closing a service record: what a scan does, taken at once or handed in later, or an organizer's word.

Every function here expects the volunteer's lock (``CopyRepository.lock_volunteers``).
"""

from __future__ import annotations

from datetime import datetime

from services.attendance.domain import Interval, Provenance, RecordStatus, change_status, of_pair, served
from services.attendance.events import SignedIn, SignedOut
from services.attendance.models import ServiceRecord, ShiftCopy
from services.attendance.repository import AttendanceUnitOfWork
from services.attendance.use_cases import hours
from services.chassis.clock import local_day
from services.chassis.ids import new_id


def sign_in(
    uow: AttendanceUnitOfWork, volunteer_id: str, shift: ShiftCopy, at: datetime, provenance: Provenance
) -> ServiceRecord:
    """A new open record, begun at ``at``."""
    record = ServiceRecord(
        id=new_id(),
        volunteer_id=volunteer_id,
        activity_id=shift.activity_id,
        shift_id=shift.id,
        organization_id=uow.copies.activity(shift.activity_id).organization_id,
        status=RecordStatus.OPEN.value,
        provenance=provenance.value,
        served_on=local_day(at),
        signed_in_at=at,
        minutes=0,
        created_at=uow.clock.now(),
        version=1,
    )
    uow.records.add(record)
    _tell_sign_in(uow, record, at)
    return record


def begin_anew(uow: AttendanceUnitOfWork, record: ServiceRecord, at: datetime, provenance: Provenance) -> None:
    """A record whose minutes were taken back, or that is open, begins at another moment."""
    record.signed_in_at, record.provenance = at, provenance.value
    record.served_on = local_day(at)
    record.version += 1
    _tell_sign_in(uow, record, at)


def _tell_sign_in(uow: AttendanceUnitOfWork, record: ServiceRecord, at: datetime) -> None:
    event = SignedIn(
        record_id=record.id,
        volunteer_id=record.volunteer_id,
        activity_id=record.activity_id,
        shift_id=record.shift_id,
        at=at,
    )
    uow.publish(event, version=record.version)


def sign_out(
    uow: AttendanceUnitOfWork, record: ServiceRecord, shift: ShiftCopy, at: datetime, provenance: Provenance
) -> None:
    """Close an open record at ``at``; what lies between, inside the shift, counts."""
    record.status = change_status(record.status, RecordStatus.RECORDED)
    record.version += 1
    count(uow, record, shift, at, of_pair(Provenance(record.provenance), provenance))


def enter_sign_out(
    uow: AttendanceUnitOfWork, record: ServiceRecord, shift: ShiftCopy, at: datetime, reason: str
) -> None:
    """Close an open record at a moment that no scan proves: the minutes say for good whose word they rest on."""
    record.status = change_status(record.status, RecordStatus.RECORDED)
    record.version += 1
    record.signed_out_by, record.sign_out_reason = uow.caller.require_account(), reason
    count(uow, record, shift, at, Provenance.ORGANIZER)


def count(
    uow: AttendanceUnitOfWork, record: ServiceRecord, shift: ShiftCopy, until: datetime, provenance: Provenance
) -> None:
    """Let a closed record count from its sign-in to ``until``, and tell it."""
    assert record.signed_in_at is not None
    record.signed_out_at = until
    time = served(record.signed_in_at, until, Interval(shift.starts_at, shift.ends_at))
    hours.give(uow, record, time, provenance)
    event = SignedOut(
        record_id=record.id,
        volunteer_id=record.volunteer_id,
        activity_id=record.activity_id,
        shift_id=record.shift_id,
        at=until,
    )
    uow.publish(event, version=record.version)
