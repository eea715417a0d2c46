"""Making a record count another time: a reversing entry and, where another time is true, its entry.

Nothing that was written is changed, and nothing is raised in silence: hours that grow, or move to another day, are
shown to everybody for the days of a disclosure once more before they are confirmed (docs/adr/0031).

Every function here expects the volunteer's lock (``CopyRepository.lock_volunteers``).
"""

from __future__ import annotations

from services.attendance.domain import Interval, Provenance, RecordStatus, change_status
from services.attendance.models import ServiceRecord
from services.attendance.repository import AttendanceUnitOfWork
from services.attendance.use_cases import hours
from services.attendance.use_cases.claimed_time import faults_of, require_no_overlap
from services.chassis.clock import local_day
from services.chassis.errors import FieldError


def locked_record(uow: AttendanceUnitOfWork, record_id: str) -> ServiceRecord:
    """The record under its volunteer's lock and its own: who discloses takes no volunteer's. Raises ``NotFound``."""
    uow.copies.lock_volunteer(uow.records.get(record_id).volunteer_id)
    return uow.records.lock(record_id)


def rewrite(uow: AttendanceUnitOfWork, record: ServiceRecord, time: Interval | None, on_behalf_of: str | None) -> None:
    """Count ``time`` instead, or nothing: a version, and news, for each entry. Raises ``OverlapsRecord``.

    ``on_behalf_of``: in whose place the caller says so.
    """
    if time is not None:
        require_no_overlap(uow, record.volunteer_id, time, but=record.id)
    record.version += 1
    hours.take_back(uow, record)
    if time is not None:
        record.version += 1
        hours.give(uow, record, time, Provenance.CORRECTION, on_behalf_of=on_behalf_of)
    hours.fill_days(uow, record.volunteer_id)


def correct(uow: AttendanceUnitOfWork, record: ServiceRecord, time: Interval | None, on_behalf_of: str | None) -> None:
    """Count ``time`` instead, or nothing, as :func:`rewrite`; what is raised is shown again."""
    minutes, day = record.minutes, record.served_on
    rewrite(uow, record, time, on_behalf_of)
    if time is not None and (time.minutes > minutes or local_day(time.starts_at) != day):
        _show_again(uow, record)


def faults_of_correction(
    uow: AttendanceUnitOfWork, record: ServiceRecord, time: Interval, prefix: str = ""
) -> list[FieldError]:
    """What is wrong with ``time`` as the record's. What was served beyond the shift, a superior judges: a supplement
    (notice, attachment 2, 三.9); what one has granted already may be kept."""
    found = faults_of(uow, time, prefix)
    shift = uow.copies.shift(record.shift_id)
    bounds = None if shift is None else Interval(shift.starts_at, shift.ends_at)
    if record.starts_at is not None and record.ends_at is not None:
        counted = Interval(record.starts_at, record.ends_at)
        bounds = counted if bounds is None else bounds.spanning(counted)
    if bounds is not None and not bounds.holds(time):
        found.append(FieldError(f"{prefix}starts_at", "outside_shift", "不在该班次时间内", "is not inside the shift"))
    return found


def _show_again(uow: AttendanceUnitOfWork, record: ServiceRecord) -> None:
    if record.status == RecordStatus.CONFIRMED:
        record.status = change_status(record.status, RecordStatus.DISCLOSED)
        record.version += 1
    hours.show_longer(uow, {record.id})
