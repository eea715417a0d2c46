"""Keeping what a day does not count at once until somebody above has decided (FACTS.md, "Practice on i志愿").

What counts keeps its place. What waits is laid out anew, in time's order, whenever a day changes: so who has to decide
about which minutes does not depend on what was entered first (docs/adr/0030). A row never changes its time; where
another part waits than before, the row lapses and others take its place, as old as it was.

Every function here expects the volunteer's lock (``CopyRepository.lock_volunteers``).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from services.attendance import metrics
from services.attendance.domain import Band, DayThresholds, HeldStatus, Interval, in_bands
from services.attendance.models import HeldHours, ServiceRecord
from services.attendance.repository import AttendanceUnitOfWork
from services.chassis.ids import new_id


@dataclass(frozen=True, slots=True)
class Claim:
    """Some time of a record that waits, since when, who entered it by hand, and in whose place."""

    record_id: str
    organization_id: str
    time: Interval
    held_at: datetime
    recorded_by: str | None
    recorded_on_behalf_of: str | None


def hold(
    uow: AttendanceUnitOfWork,
    record: ServiceRecord,
    day: date,
    time: Interval,
    recorded_by: str | None,
    recorded_on_behalf_of: str | None,
) -> None:
    """Let ``time`` of ``record`` wait, beside what waits of that day."""
    now = uow.clock.now()
    claim = Claim(record.id, record.organization_id, time, now, recorded_by, recorded_on_behalf_of)
    lay_out(uow, record.volunteer_id, day, [*claims_of(uow.held.waiting_on(record.volunteer_id, day)), claim])


def drop(uow: AttendanceUnitOfWork, record: ServiceRecord) -> None:
    """Nothing of ``record`` waits any more, and what was decided about it falls: it is being corrected."""
    for held in uow.held.standing_of(record.id):
        if held.status == HeldStatus.WAITING:
            held.status = HeldStatus.LAPSED.value
        held.fallen = True
        held.version += 1


def granted_before(uow: AttendanceUnitOfWork, record: ServiceRecord, day: date, wanted: int) -> int:
    """How many of ``wanted`` minutes beyond a day's hours count by what was granted before ``record`` was corrected.

    A grant is for a record and a day: a correction asks for no second one up to as much. An organization above has
    never granted more of a day than it may, whatever was granted for other records meanwhile.
    """
    allowed, room = 0, _room_of_parent(uow, record.volunteer_id, day)
    for grant in uow.held.fallen_grants(record.id, day):
        usable = min(grant.minutes, room) if grant.band == Band.PARENT else grant.minutes
        if allowed >= wanted or not usable:
            continue
        grant.fallen = False
        grant.version += 1
        allowed += usable
        room -= usable if grant.band == Band.PARENT else 0
    return min(allowed, wanted)


def _room_of_parent(uow: AttendanceUnitOfWork, volunteer_id: str, day: date) -> int:
    thresholds: DayThresholds = uow.settings.day_thresholds
    return thresholds.room_of_parent(uow.held.decided_by_parent_on(volunteer_id, day))


def claims_of(rows: Iterable[HeldHours]) -> list[Claim]:
    """What waits in ``rows``, given in time's order: parts of one record that touch are one claim."""
    claims: list[Claim] = []
    for row in rows:
        claim = Claim(
            row.record_id,
            row.organization_id,
            _time_of(row),
            row.held_at,
            row.recorded_by,
            row.recorded_on_behalf_of,
        )
        last = claims[-1] if claims else None
        if last is not None and (last.record_id, last.time.ends_at) == (claim.record_id, claim.time.starts_at):
            claims[-1] = replace(last, time=Interval(last.time.starts_at, claim.time.ends_at))
        else:
            claims.append(claim)
    return claims


def lay_out(uow: AttendanceUnitOfWork, volunteer_id: str, day: date, claims: Sequence[Claim]) -> None:
    """Let these claims wait of that day and nothing else, each part for whoever decides about it."""
    uow.session.flush()
    claims = sorted(claims, key=lambda claim: claim.time.starts_at)
    bands = in_bands([claim.time for claim in claims], _room_of_parent(uow, volunteer_id, day))
    standing = {(row.record_id, row.band, _time_of(row)): row for row in uow.held.waiting_on(volunteer_id, day)}
    for claim, parts in zip(claims, bands, strict=True):
        for band, time in parts:
            if standing.pop((claim.record_id, band.value, time), None) is None:
                uow.held.add(_waiting(volunteer_id, day, claim, band, time))
                metrics.MINUTES_HELD.labels(band.value).inc(time.minutes)
    for row in standing.values():
        row.status = HeldStatus.LAPSED.value
        row.fallen = True
        row.version += 1
    uow.session.flush()


def _waiting(volunteer_id: str, day: date, claim: Claim, band: Band, time: Interval) -> HeldHours:
    return HeldHours(
        id=new_id(),
        record_id=claim.record_id,
        volunteer_id=volunteer_id,
        organization_id=claim.organization_id,
        day=day,
        band=band.value,
        starts_at=time.starts_at,
        ends_at=time.ends_at,
        minutes=time.minutes,
        status=HeldStatus.WAITING.value,
        fallen=False,
        recorded_by=claim.recorded_by,
        recorded_on_behalf_of=claim.recorded_on_behalf_of,
        held_at=claim.held_at,
        version=1,
    )


def _time_of(row: HeldHours) -> Interval:
    return Interval(row.starts_at, row.ends_at)
