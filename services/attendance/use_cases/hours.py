"""Putting hours into the ledger, and taking them back: what scans, supplements and corrections have in common.

Every function here expects the volunteer's lock (``CopyRepository.lock_volunteers``).
"""

from __future__ import annotations

from services.attendance import metrics
from services.attendance.domain import Interval, Provenance
from services.attendance.events import HoursRecorded
from services.attendance.ledger import Stamp
from services.attendance.models import LedgerEntry, ServiceRecord
from services.attendance.repository import AttendanceUnitOfWork
from services.attendance.use_cases.certificates import outdate_certificates
from services.chassis.clock import local_day


def give(uow: AttendanceUnitOfWork, record: ServiceRecord, time: Interval, provenance: Provenance) -> None:
    """Let ``record`` count ``time``: the record, its ledger entry and the total, at once.

    Less than a minute counts nothing: there is no entry, and no counted time that would hinder another record.
    """
    record.provenance = provenance.value
    if time.minutes == 0:
        return
    record.starts_at, record.ends_at = time.starts_at, time.ends_at
    record.minutes = time.minutes
    record.served_on = local_day(time.starts_at)
    entry = uow.ledger.give(record.volunteer_id, record.id, time, provenance, _stamp(uow))
    metrics.MINUTES_RECORDED.labels(entry.provenance).inc(entry.minutes)
    _tell(uow, record, entry)


def take_back(uow: AttendanceUnitOfWork, record: ServiceRecord) -> None:
    """Reverse what ``record`` counts; it counts nothing and hinders no other; certificates of it are outdated."""
    entry = uow.ledger.take_back(record.id, _stamp(uow))
    record.starts_at = record.ends_at = None
    record.minutes = 0
    if entry is None:
        return
    outdate_certificates(uow, record)
    metrics.MINUTES_REVERSED.labels(entry.provenance).inc(-entry.minutes)
    _tell(uow, record, entry)


def _tell(uow: AttendanceUnitOfWork, record: ServiceRecord, entry: LedgerEntry) -> None:
    event = HoursRecorded(
        record_id=record.id,
        volunteer_id=record.volunteer_id,
        activity_id=record.activity_id,
        organization_id=record.organization_id,
        title=uow.copies.activity(record.activity_id).title,
        minutes=entry.minutes,
        provenance=entry.provenance,
        served_on=record.served_on.isoformat(),
        shift_id=record.shift_id,
    )
    uow.publish(event, version=record.version)


def _stamp(uow: AttendanceUnitOfWork) -> Stamp:
    return Stamp(uow.caller.label, uow.clock.now())
