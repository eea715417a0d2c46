"""Making a volunteer's records at a shift what the scans that were handed in later say, all of them taken together.

What the platform saw itself (a sign-out that was scanned at once, a supplement, what is disclosed already) is never
touched by an upload. A record that uploads made is: a sign-out that arrives last may belong in the middle. Then the
ledger gets a reversing entry and a new one, as with any other correction. When every shift is settled, the caller lets
what waits take the room that is left in a day (``hours.fill_days``).

Every function here expects the volunteer's lock (``CopyRepository.lock_volunteers``).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import timedelta

from services.attendance.domain import (
    BY_SCAN,
    ConflictKind,
    Direction,
    Interval,
    Mark,
    Pair,
    Provenance,
    RecordStatus,
    Resolution,
    of_pair,
    put_together,
)
from services.attendance.models import OfflineScan, ServiceRecord, ShiftCopy
from services.attendance.repository import AttendanceUnitOfWork
from services.attendance.use_cases import hours, signing

_CAN_CHANGE = frozenset({RecordStatus.OPEN, RecordStatus.RECORDED})


def settle(uow: AttendanceUnitOfWork, volunteer_id: str, shift: ShiftCopy) -> None:
    """Put all scans of the volunteer at ``shift`` together; afterwards each stands in a record or has its conflict."""
    uow.session.flush()
    records = uow.records.lock_of_shift(volunteer_id, shift.id)
    seen = uow.records.scanned_directions([record.id for record in records])
    in_play = [record for record in records if _is_in_play(record, seen.get(record.id, frozenset()))]
    opened_here = {record.id for record in in_play if Direction.SIGN_IN in seen.get(record.id, ())}
    scans = uow.offline.in_play(volunteer_id, shift.id, [record.id for record in in_play])
    marks = [_mark(scan) for scan in scans]
    for record in in_play:
        if record.id in opened_here and record.signed_in_at is not None:
            marks.append(Mark(record.id, Direction.SIGN_IN, record.signed_in_at, record_id=record.id))
    changing = {record.id for record in in_play}
    bounds = Interval(shift.starts_at, shift.ends_at)
    story = put_together(
        marks,
        bounds,
        taken=[time for record_id, time in uow.records.times_during(volunteer_id, bounds) if record_id not in changing],
        used=Counter(
            record.served_on
            for record in uow.records.signed_in_at_activity(volunteer_id, shift.activity_id)
            if record.id not in changing or record.id in opened_here
        ),
        limit=uow.settings.pairs_a_day,
    )
    by_id = {scan.id: scan for scan in scans}
    found = _rewrite(uow, volunteer_id, shift, story.pairs, in_play, by_id)
    for scan in scans:
        _conclude(uow, scan, shift, found.get(scan.id), story.against.get(scan.id))


def _is_in_play(record: ServiceRecord, seen: frozenset[str]) -> bool:
    """Whether uploads may still say when the record ends, or begins."""
    return (
        record.status in _CAN_CHANGE
        and record.provenance in BY_SCAN
        and record.signed_in_at is not None
        and Direction.SIGN_OUT not in seen
    )


def _mark(scan: OfflineScan) -> Mark:
    vouched = scan.resolution == Resolution.ACCEPTED
    return Mark(scan.id, Direction(scan.direction), scan.at, vouched=vouched)


def _rewrite(
    uow: AttendanceUnitOfWork,
    volunteer_id: str,
    shift: ShiftCopy,
    pairs: Sequence[Pair],
    in_play: Sequence[ServiceRecord],
    scans: dict[str, OfflineScan],
) -> dict[str, str]:
    """Records as ``pairs`` say; answers which record each scan stands in.

    A record that the platform opened keeps its sign-in; the others, in time's order, take the pairs that are left, and
    there is a pair for each: a scan more takes no pair away.
    """
    kept = {pair.sign_in.record_id for pair in pairs}
    by_record = {record.id: record for record in in_play}
    free = iter([record for record in in_play if record.id not in kept])
    wanted: list[tuple[ServiceRecord | None, Pair]] = []
    for pair in pairs:
        own = pair.sign_in.record_id
        wanted.append((next(free, None) if own is None else by_record[own], pair))
    # all that moves is taken back first: two records may change places
    moved = {record.id for record, pair in wanted if record is not None and _take_back_if_moved(uow, record, pair)}
    found: dict[str, str] = {}
    for record, pair in wanted:
        if record is None:
            record = signing.sign_in(uow, volunteer_id, shift, pair.sign_in.at, _came_by(pair.sign_in.key, scans))
            moved.add(record.id)
        elif record.id in moved and record.signed_in_at != pair.sign_in.at:
            signing.begin_anew(uow, record, pair.sign_in.at, _came_by(pair.sign_in.key, scans))
        if record.id in moved and pair.sign_out is not None:
            _close(uow, record, shift, pair, scans)
        uow.session.flush()  # one is closed before the next is opened
        found |= {mark.key: record.id for mark in (pair.sign_in, pair.sign_out) if mark is not None}
    return found


def _take_back_if_moved(uow: AttendanceUnitOfWork, record: ServiceRecord, pair: Pair) -> bool:
    until = None if pair.sign_out is None else pair.sign_out.at
    if (record.signed_in_at, record.signed_out_at) == (pair.sign_in.at, until):
        return False
    if record.status == RecordStatus.RECORDED:
        record.version += 1
        minutes = record.minutes
        hours.take_back(uow, record)
        uow.audit("record.put_together_anew", f"record:{record.id}", minutes_before=minutes)
    uow.session.flush()
    return True


def _close(
    uow: AttendanceUnitOfWork, record: ServiceRecord, shift: ShiftCopy, pair: Pair, scans: dict[str, OfflineScan]
) -> None:
    assert pair.sign_out is not None
    provenance = _came_by(pair.sign_out.key, scans)
    if record.status == RecordStatus.OPEN:
        signing.sign_out(uow, record, shift, pair.sign_out.at, provenance)
        return
    record.version += 1
    signing.count(uow, record, shift, pair.sign_out.at, of_pair(Provenance(record.provenance), provenance))


def _came_by(key: str, scans: dict[str, OfflineScan]) -> Provenance:
    return Provenance.STATIC_CODE if scans[key].printed else Provenance.OFFLINE_SCAN


def _conclude(
    uow: AttendanceUnitOfWork, scan: OfflineScan, shift: ShiftCopy, record_id: str | None, kind: ConflictKind | None
) -> None:
    """What has come of a scan. A sign-out without its sign-in waits for it as long as it may still be handed in."""
    conflict = None if kind is None else kind.value
    if (scan.record_id, scan.conflict) == (record_id, conflict) and (record_id or conflict):
        return
    scan.record_id, scan.conflict = record_id, conflict
    scan.version += 1
    scan.facts = {"limit": uow.settings.pairs_a_day} if kind is ConflictKind.TOO_MANY_PAIRS else {}
    if kind is None:
        scan.surfaces_at = None
    elif kind is ConflictKind.NOT_SIGNED_IN:
        scan.surfaces_at = shift.ends_at + timedelta(hours=uow.settings.offline_scan_hours)
    else:
        scan.surfaces_at = uow.clock.now()
