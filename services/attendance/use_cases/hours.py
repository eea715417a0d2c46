"""Putting hours into the ledger, and taking them back: what scans, supplements and corrections have in common.

This is the one door to the ledger, so what a day counts at once is decided here, and nowhere else (docs/adr/0030).

Every function here expects the volunteer's lock (``CopyRepository.lock_volunteers``).
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import date, timedelta
from itertools import groupby

from services.attendance import metrics
from services.attendance.domain import Interval, Provenance, by_day
from services.attendance.events import HoursHeld, HoursRecorded
from services.attendance.ledger import Stamp
from services.attendance.models import HeldHours, ServiceRecord
from services.attendance.repository import AttendanceUnitOfWork
from services.attendance.use_cases import holding
from services.attendance.use_cases.certificates import outdate_certificates
from services.chassis.clock import local_day


def give(
    uow: AttendanceUnitOfWork,
    record: ServiceRecord,
    time: Interval,
    provenance: Provenance,
    *,
    recorded_by: str | None = None,
    on_behalf_of: str | None = None,
) -> None:
    """Let ``record`` count ``time``: the record, its ledger entries and the total, at once.

    What goes beyond what a day counts at once waits for somebody above.

    Less than a minute counts nothing: there is no entry, and no counted time that would hinder another record.
    ``recorded_by``: the account that stated the time by hand, the caller's unless it is the volunteer;
    ``on_behalf_of``: in whose place it did.
    """
    record.provenance = provenance.value
    if time.minutes == 0:
        return
    record.starts_at, record.ends_at = time.starts_at, time.ends_at
    record.minutes = 0
    record.served_on = local_day(time.starts_at)
    by_hand = None if uow.caller.volunteer_id == record.volunteer_id else uow.caller.account_id
    for day, part in by_day(time):
        counted, beyond = part.split_after(_room(uow, record, day, part))
        if counted.minutes:
            _enter(uow, record, counted)
        if beyond.minutes:
            holding.hold(uow, record, day, beyond, recorded_by or by_hand, on_behalf_of)
    if record.minutes:
        _tell(uow, record, record.minutes)
    if record.minutes < time.minutes:
        _tell_held(uow, record, time.minutes - record.minutes)


def _room(uow: AttendanceUnitOfWork, record: ServiceRecord, day: date, part: Interval) -> int:
    """How many minutes of ``part`` count at once: what the day has left, and what was granted to this very record."""
    left = _left(uow, record.volunteer_id, day)
    return left if part.minutes <= left else left + holding.granted_before(uow, record, day, part.minutes - left)


def _left(uow: AttendanceUnitOfWork, volunteer_id: str, day: date) -> int:
    at_once: int = uow.settings.day_thresholds.at_once
    return max(0, at_once - uow.ledger.minutes_on(volunteer_id, day))


def add(uow: AttendanceUnitOfWork, record: ServiceRecord, time: Interval) -> None:
    """Let ``record`` count ``time``, too, which had to wait. Whoever adds calls ``show_longer`` at the end."""
    record.version += 1
    _enter(uow, record, time)
    _tell(uow, record, time.minutes)


def take_back(uow: AttendanceUnitOfWork, record: ServiceRecord) -> None:
    """Reverse what ``record`` counts; it counts nothing and hinders no other; certificates of it are outdated.

    When all is corrected that is to be corrected, the caller lets what waits take the room: ``fill_days``.
    """
    holding.drop(uow, record)
    entries = uow.ledger.take_back(record.id, _stamp(uow))
    record.starts_at = record.ends_at = None
    record.minutes = 0
    if not entries:
        return
    outdate_certificates(uow, record)
    for entry in entries:
        metrics.MINUTES_REVERSED.labels(entry.provenance).inc(-entry.minutes)
    _tell(uow, record, sum(entry.minutes for entry in entries), entries[0].provenance)


def fill_days(uow: AttendanceUnitOfWork, volunteer_id: str) -> None:
    """Let what waits of a volunteer's days take the room that corrections have left in them, in time's order."""
    uow.session.flush()
    grown = set()
    for day, rows in groupby(uow.held.waiting_of(volunteer_id), key=lambda row: row.day):
        grown |= _fill(uow, volunteer_id, day, list(rows))
    show_longer(uow, grown)


def show_longer(uow: AttendanceUnitOfWork, record_ids: Collection[str]) -> None:
    """Show records that count more than was disclosed of them as long again: hours are never raised in silence."""
    uow.session.flush()
    until = uow.clock.now() + timedelta(days=uow.settings.disclosure_days)
    shown = [record for record in map(uow.records.get, record_ids) if record.disclosed_until is not None]
    for record in shown:
        record.disclosed_until = until
    uow.session.flush()
    uow.disclosures.show_until({record.activity_id for record in shown}, until)


def _fill(uow: AttendanceUnitOfWork, volunteer_id: str, day: date, rows: Sequence[HeldHours]) -> set[str]:
    """Answers the records that count more now."""
    left, grown, waiting = _left(uow, volunteer_id, day), set(), []
    for claim in holding.claims_of(rows):
        counted, beyond = claim.time.split_after(left)
        if counted.minutes:
            add(uow, uow.records.get(claim.record_id), counted)
            grown.add(claim.record_id)
        left -= counted.minutes
        if beyond.minutes:
            waiting.append(replace(claim, time=beyond))
    holding.lay_out(uow, volunteer_id, day, waiting)
    return grown


def _enter(uow: AttendanceUnitOfWork, record: ServiceRecord, time: Interval) -> None:
    entry = uow.ledger.give(record.volunteer_id, record.id, time, Provenance(record.provenance), _stamp(uow))
    record.minutes += entry.minutes
    metrics.MINUTES_RECORDED.labels(entry.provenance).inc(entry.minutes)


def _tell(uow: AttendanceUnitOfWork, record: ServiceRecord, minutes: int, provenance: str | None = None) -> None:
    event = HoursRecorded(
        record_id=record.id,
        volunteer_id=record.volunteer_id,
        activity_id=record.activity_id,
        organization_id=record.organization_id,
        title=uow.copies.activity(record.activity_id).title,
        minutes=minutes,
        provenance=provenance or record.provenance,
        served_on=record.served_on.isoformat(),
        shift_id=record.shift_id,
    )
    uow.publish(event, version=record.version)


def _tell_held(uow: AttendanceUnitOfWork, record: ServiceRecord, minutes: int) -> None:
    event = HoursHeld(
        record_id=record.id,
        volunteer_id=record.volunteer_id,
        activity_id=record.activity_id,
        title=uow.copies.activity(record.activity_id).title,
        minutes=minutes,
        served_on=record.served_on.isoformat(),
    )
    uow.publish(event, version=record.version)
    uow.audit("hours.held", f"record:{record.id}", volunteer_id=record.volunteer_id, minutes=minutes)


def _stamp(uow: AttendanceUnitOfWork) -> Stamp:
    return Stamp(uow.caller.label, uow.clock.now())
