"""The ledger of hours: entries that are only ever added, one chain a volunteer, and the totals that follow from them.

Why this module exists: hours are what volunteers are honoured by, so each minute must be traceable to an entry, and no
entry may change unnoticed. The database refuses to change one (a trigger, in the first migration); for whoever switches
the trigger off, each entry carries the hash of the volunteer's entry before it, as the audit log does. It is one chain
a volunteer and not one for all, so that nobody waits for a stranger's scan.

Callers hold the lock of the volunteer (``CopyRepository.lock_volunteers``): a chain has one end.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session, aliased

from services.attendance.domain import HeldStatus, Interval, Provenance, midnight
from services.attendance.models import HeldHours, HoursTotal, LedgerEntry, ServiceRecord

BEFORE_THE_FIRST = bytes(32)
"""What stands as the previous hash in a volunteer's first entry."""

_STREAMED_ROWS = 1000


@dataclass(frozen=True, slots=True)
class Stamp:
    """Who enters something, and when."""

    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Recount:
    """What a recount found. Three tuples of volunteers' or records' ids, all empty when everything is as it should be.

    ``broken_chains``: volunteers with an entry that was changed, moved or removed. ``wrong_totals``: volunteers of whom
    a total is not the sum of the entries. ``wrong_records``: records whose minutes are not what the ledger gave them,
    or that have a minute which neither counts, nor waits, nor was refused.
    """

    entries: int
    broken_chains: tuple[str, ...]
    wrong_totals: tuple[str, ...]
    wrong_records: tuple[str, ...]

    @property
    def sound(self) -> bool:
        """Whether everything is as it should be."""
        return not (self.broken_chains or self.wrong_totals or self.wrong_records)


class Ledger:
    """The ledger on one session."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def give(
        self, volunteer_id: str, record_id: str, time: Interval, provenance: Provenance, stamp: Stamp
    ) -> LedgerEntry:
        """Add the minutes of ``time`` for a record."""
        return self._append(
            volunteer_id=volunteer_id,
            record_id=record_id,
            minutes=time.minutes,
            provenance=provenance.value,
            reverses=None,
            starts_at=time.starts_at,
            ends_at=time.ends_at,
            entered_by=stamp.by,
            entered_at=stamp.at,
        )

    def take_back(self, record_id: str, stamp: Stamp) -> list[LedgerEntry]:
        """Reverse every entry of a record that stands; answers the reversing ones.

        A reversing entry carries the provenance of what it takes back: the sum of each provenance stays the number of
        minutes that stand and came that way.
        """
        return [
            self._append(
                volunteer_id=standing.volunteer_id,
                record_id=record_id,
                minutes=-standing.minutes,
                provenance=standing.provenance,
                reverses=standing.id,
                starts_at=standing.starts_at,
                ends_at=standing.ends_at,
                entered_by=stamp.by,
                entered_at=stamp.at,
            )
            for standing in self._standing(record_id)
        ]

    def minutes_on(self, volunteer_id: str, day: date) -> int:
        """The volunteer's minutes that stand and began on ``day``, in Asia/Shanghai."""
        statement = sa.select(sa.func.coalesce(sa.func.sum(LedgerEntry.minutes), 0)).where(
            LedgerEntry.volunteer_id == volunteer_id,
            LedgerEntry.starts_at >= midnight(day),
            LedgerEntry.starts_at < midnight(day + timedelta(days=1)),
        )
        return int(self._session.scalar(statement) or 0)

    def totals(self, volunteer_id: str) -> dict[Provenance, int]:
        """Minutes of each provenance."""
        rows = self._session.execute(
            sa.select(HoursTotal.provenance, HoursTotal.minutes).where(HoursTotal.volunteer_id == volunteer_id)
        )
        kept = {Provenance(provenance): minutes for provenance, minutes in rows}
        return {provenance: kept.get(provenance, 0) for provenance in Provenance}

    def recount(self) -> Recount:
        """Read the whole ledger in a stream, follow every chain, and compare totals and records with it."""
        before: LedgerEntry | None = None
        broken: dict[str, None] = {}
        entries = 0
        for entry in self._all():
            entries += 1
            if before is not None and before.volunteer_id == entry.volunteer_id:
                follows = (before.sequence + 1, before.hash)
            else:
                follows = (1, BEFORE_THE_FIRST)
            if (entry.sequence, entry.previous_hash) != follows or entry.hash != _hash(vars(entry)):
                broken[entry.volunteer_id] = None
            before = entry
        return Recount(entries, tuple(broken), self._wrong_totals(), self._wrong_records())

    def _all(self) -> Iterator[LedgerEntry]:
        statement = sa.select(LedgerEntry).order_by(LedgerEntry.volunteer_id, LedgerEntry.sequence)
        yield from self._session.scalars(statement, execution_options={"yield_per": _STREAMED_ROWS})

    def _wrong_totals(self) -> tuple[str, ...]:
        sums = (
            sa.select(LedgerEntry.volunteer_id, LedgerEntry.provenance, sa.func.sum(LedgerEntry.minutes).label("sum"))
            .group_by(LedgerEntry.volunteer_id, LedgerEntry.provenance)
            .subquery()
        )
        same = sa.and_(sums.c.volunteer_id == HoursTotal.volunteer_id, sums.c.provenance == HoursTotal.provenance)
        statement = (
            sa.select(sa.func.coalesce(sums.c.volunteer_id, HoursTotal.volunteer_id))
            .select_from(sa.join(sums, HoursTotal, same, full=True))
            .where(sa.func.coalesce(sums.c.sum, 0) != sa.func.coalesce(HoursTotal.minutes, 0))
            .distinct()
        )
        return tuple(self._session.scalars(statement))

    def _wrong_records(self) -> tuple[str, ...]:
        sums = (
            sa.select(LedgerEntry.record_id, sa.func.sum(LedgerEntry.minutes).label("sum"))
            .group_by(LedgerEntry.record_id)
            .subquery()
        )
        lacking = (
            sa.select(HeldHours.record_id, sa.func.sum(HeldHours.minutes).label("sum"))
            .where(HeldHours.status.in_((HeldStatus.WAITING, HeldStatus.REFUSED)), ~HeldHours.fallen)
            .group_by(HeldHours.record_id)
            .subquery()
        )
        seconds = sa.extract("epoch", ServiceRecord.ends_at - ServiceRecord.starts_at)
        present = sa.func.coalesce(sa.func.floor(seconds / 60), 0)
        statement = (
            sa.select(ServiceRecord.id)
            .join(sums, sums.c.record_id == ServiceRecord.id, isouter=True)
            .join(lacking, lacking.c.record_id == ServiceRecord.id, isouter=True)
            .where(
                sa.or_(
                    ServiceRecord.minutes != sa.func.coalesce(sums.c.sum, 0),
                    present != ServiceRecord.minutes + sa.func.coalesce(lacking.c.sum, 0),
                )
            )
            .order_by(ServiceRecord.id)
        )
        return tuple(self._session.scalars(statement))

    def _standing(self, record_id: str) -> Sequence[LedgerEntry]:
        reversal = aliased(LedgerEntry)
        return self._session.scalars(
            sa.select(LedgerEntry)
            .where(
                LedgerEntry.record_id == record_id,
                LedgerEntry.reverses.is_(None),
                ~sa.exists().where(reversal.reverses == LedgerEntry.id),
            )
            .order_by(LedgerEntry.sequence)
        ).all()

    def _append(self, **columns: Any) -> LedgerEntry:
        self._session.flush()  # the record has to be there
        end = self._session.execute(
            sa.select(LedgerEntry.sequence, LedgerEntry.hash)
            .where(LedgerEntry.volunteer_id == columns["volunteer_id"])
            .order_by(LedgerEntry.sequence.desc())
            .limit(1)
        ).one_or_none()
        columns["sequence"] = 1 if end is None else end.sequence + 1
        columns["previous_hash"] = BEFORE_THE_FIRST if end is None else bytes(end.hash)
        entry = LedgerEntry(**columns, hash=_hash(columns))
        self._session.add(entry)
        self._session.flush()
        self._add_to_total(entry)
        return entry

    def _add_to_total(self, entry: LedgerEntry) -> None:
        statement = insert(HoursTotal).values(
            volunteer_id=entry.volunteer_id, provenance=entry.provenance, minutes=entry.minutes
        )
        self._session.execute(
            statement.on_conflict_do_update(
                index_elements=["volunteer_id", "provenance"],
                set_={"minutes": HoursTotal.minutes + statement.excluded.minutes},
            )
        )


_HASHED = ("volunteer_id", "sequence", "record_id", "minutes", "provenance", "reverses", "entered_by")
_HASHED_MOMENTS = ("starts_at", "ends_at", "entered_at")


def _hash(columns: dict[str, Any]) -> bytes:
    """SHA-256 of the previous hash and the entry, spelt the same before saving and after reading back."""
    written = [columns[name] for name in _HASHED]
    written += [columns[name].astimezone(UTC).isoformat(timespec="microseconds") for name in _HASHED_MOMENTS]
    text = json.dumps(written, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(bytes(columns["previous_hash"]) + text.encode()).digest()
