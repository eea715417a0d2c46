"""Queries on what looks wrong, and on the rows that are looked through for it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from services.attendance.domain import Direction, HeldStatus, Interval, Place, SupplementStatus
from services.attendance.domain.anomalies import AnomalyStatus, Finding, Presence
from services.attendance.models import (
    ActivityCopy,
    Anomaly,
    AnomalyCursor,
    HeldHours,
    LedgerEntry,
    OfflineScan,
    Scan,
    ServiceRecord,
    Supplement,
)
from services.chassis.errors import NotFound
from services.chassis.ids import new_id

_A_DAY = timedelta(days=1)
_BEFORE_ALL = "00000000-0000-0000-0000-000000000000"

Places = dict[tuple[str | None, str], Place]
"""Where a record's scan in one direction was taken."""


@dataclass(frozen=True, slots=True)
class About:
    """Whom a finding is about, and at which activity."""

    volunteer_id: str | None = None
    account_id: str | None = None
    activity_id: str | None = None


@dataclass(frozen=True, slots=True)
class Sharing:
    """How many people scanned with one device at one activity on one day; ``device`` is a digest."""

    device: bytes
    activity_id: str
    organization_id: str
    day: date
    people: int


class AnomalyRepository:
    """Findings."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def keep(self, finding: Finding, about: About, now: datetime) -> int:
        """Keep a finding for each organization that it concerns; answers for how many it is new.

        One that is known and open is told the present figures; one that was resolved stays so.
        """
        new = 0
        for organization_id in sorted(finding.organization_ids):
            values = {
                "id": new_id(),
                "kind": finding.kind.value,
                "fingerprint": finding.fingerprint,
                "organization_id": organization_id,
                "activity_id": about.activity_id,
                "volunteer_id": about.volunteer_id,
                "account_id": about.account_id,
                "day": finding.day,
                "facts": finding.facts,
                "found_at": now,
                "status": AnomalyStatus.OPEN.value,
                "version": 1,
            }
            statement = insert(Anomaly).values(**values).on_conflict_do_nothing().returning(Anomaly.id)
            if self._session.scalar(statement) is not None:
                new += 1
                continue
            self._session.execute(
                sa.update(Anomaly)
                .where(
                    Anomaly.kind == finding.kind,
                    Anomaly.fingerprint == finding.fingerprint,
                    Anomaly.organization_id == organization_id,
                    Anomaly.status == AnomalyStatus.OPEN,
                    Anomaly.facts != finding.facts,
                )
                .values(facts=finding.facts, version=Anomaly.version + 1)
            )
        return new

    def lock(self, anomaly_id: str) -> Anomaly:
        """One as it is now, locked; raises ``NotFound``."""
        found = self._session.get(Anomaly, anomaly_id, with_for_update=True, populate_existing=True)
        if found is None:
            raise NotFound(what="anomaly")
        return found

    def listed(self, *conditions: Any) -> Any:
        """Findings."""
        return sa.select(Anomaly).where(*conditions)

    def erase(self, volunteer_id: str, account_id: str) -> None:
        """Nobody has to look into an erased person's days any more."""
        whose = sa.or_(Anomaly.volunteer_id == volunteer_id, Anomaly.account_id == account_id)
        self._session.execute(sa.delete(Anomaly).where(whose))


class LookingRepository:
    """What is looked through, from where the last look ended; and what is compared with it."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def given_since_last(self, now: datetime, settled: datetime, limit: int) -> Sequence[ServiceRecord]:
        """Records that were given minutes, in the order of the ledger; the cursor moves behind them.

        ``settled``: up to when every transaction has ended that wrote before it.
        """
        cursor = self._cursor("ledger", now)
        after = sa.tuple_(LedgerEntry.entered_at, LedgerEntry.id) > sa.tuple_(
            sa.literal(cursor.at), sa.literal(int(cursor.row_id or 0), sa.BigInteger)
        )
        entries = self._session.execute(
            sa.select(LedgerEntry.entered_at, LedgerEntry.id, LedgerEntry.record_id, LedgerEntry.reverses)
            .where(after, LedgerEntry.entered_at <= settled)
            .order_by(LedgerEntry.entered_at, LedgerEntry.id)
            .limit(limit)
        ).all()
        if not entries:
            return []
        cursor.at, cursor.row_id = entries[-1].entered_at, str(entries[-1].id)
        given = {entry.record_id for entry in entries if entry.reverses is None}
        return self._session.scalars(sa.select(ServiceRecord).where(ServiceRecord.id.in_(given))).all()

    def held_since_last(self, now: datetime, settled: datetime, limit: int) -> Sequence[ServiceRecord]:
        """Records of which minutes wait, in the order of their waiting: some count nothing yet."""
        cursor = self._cursor("held_hours", now)
        row_id = cursor.row_id or _BEFORE_ALL
        after = sa.tuple_(HeldHours.held_at, HeldHours.id) > sa.tuple_(
            sa.literal(cursor.at), sa.literal(row_id, HeldHours.id.type)
        )
        rows = self._session.execute(
            sa.select(HeldHours.held_at, HeldHours.id, HeldHours.record_id)
            .where(after, HeldHours.held_at <= settled, HeldHours.status == HeldStatus.WAITING)
            .order_by(HeldHours.held_at, HeldHours.id)
            .limit(limit)
        ).all()
        if not rows:
            return []
        cursor.at, cursor.row_id = rows[-1].held_at, rows[-1].id
        return self._session.scalars(
            sa.select(ServiceRecord).where(ServiceRecord.id.in_({row.record_id for row in rows}))
        ).all()

    def supplements_since_last(self, now: datetime, settled: datetime, limit: int) -> Sequence[Supplement]:
        """Supplements that were submitted, oldest first; the cursor moves behind them."""
        cursor = self._cursor("supplements", now)
        row_id = cursor.row_id or _BEFORE_ALL
        after = sa.tuple_(Supplement.submitted_at, Supplement.id) > sa.tuple_(
            sa.literal(cursor.at), sa.literal(row_id, Supplement.id.type)
        )
        found = self._session.scalars(
            sa.select(Supplement)
            .where(after, Supplement.submitted_at <= settled)
            .order_by(Supplement.submitted_at, Supplement.id)
            .limit(limit)
        ).all()
        if found:
            cursor.at, cursor.row_id = found[-1].submitted_at, found[-1].id
        return found

    def _cursor(self, source: str, now: datetime) -> AnomalyCursor:
        """Where the last look ended; the first one begins a day back, and not with all that a province has done."""
        found = self._session.get(AnomalyCursor, source)
        if found is None:
            found = AnomalyCursor(source=source, at=now - _A_DAY, row_id="")
            self._session.add(found)
        return found

    def presences(self, volunteer_id: str, day: date) -> list[Presence]:
        """Where the volunteer was from the day before ``day`` to the day after, as far as it counts, or may yet."""
        rows = self._session.execute(
            sa.select(ServiceRecord, ActivityCopy.latitude, ActivityCopy.longitude)
            .join(ActivityCopy, ActivityCopy.id == ServiceRecord.activity_id)
            .where(
                ServiceRecord.volunteer_id == volunteer_id,
                ServiceRecord.served_on.between(day - _A_DAY, day + _A_DAY),
                ServiceRecord.starts_at.is_not(None),
            )
        ).all()
        scanned = self._places([record.id for record, *_ in rows])
        return [_presence(record, _place(latitude, longitude), scanned) for record, latitude, longitude in rows]

    def _places(self, record_ids: Collection[str]) -> Places:
        """From where the scans of these records were taken, where that is known."""
        found: Places = {}
        for scan in (Scan, OfflineScan):
            statement = sa.select(scan.record_id, scan.direction, scan.latitude, scan.longitude)
            for record_id, direction, *at in self._session.execute(statement.where(scan.record_id.in_(record_ids))):
                place = _place(*at)
                if place is not None:
                    found[record_id, direction] = place
        return found

    def sharings(self, record_ids: Collection[str], more_than: int) -> list[Sharing]:
        """Devices of these records' scans with which more people scanned at the same activity on the same day."""
        scans = sa.union_all(
            *(
                sa.select(scan.device, scan.record_id, scan.volunteer_id).where(scan.device.is_not(None))
                for scan in (Scan, OfflineScan)
            )
        ).subquery("scans")
        mine = sa.select(scans.c.device).where(scans.c.record_id.in_(record_ids)).distinct()
        devices = self._session.scalars(mine).all()
        if not devices:
            return []
        people = sa.func.count(sa.distinct(scans.c.volunteer_id))
        statement = (
            sa.select(
                scans.c.device,
                ServiceRecord.activity_id,
                ServiceRecord.organization_id,
                ServiceRecord.served_on,
                people,
            )
            .join(ServiceRecord, ServiceRecord.id == scans.c.record_id)
            .where(
                scans.c.device.in_(devices),
                sa.tuple_(ServiceRecord.activity_id, ServiceRecord.served_on).in_(
                    sa.select(ServiceRecord.activity_id, ServiceRecord.served_on).where(
                        ServiceRecord.id.in_(record_ids)
                    )
                ),
            )
            .group_by(scans.c.device, ServiceRecord.activity_id, ServiceRecord.organization_id, ServiceRecord.served_on)
            .having(people > more_than)
        )
        return [Sharing(*row) for row in self._session.execute(statement)]

    def submitted(self, account_id: str, organization_id: str, since: datetime) -> int:
        """How many supplements of an organization's the account submitted in the day from ``since`` on."""
        return self._count(
            Supplement.submitted_by == account_id,
            Supplement.organization_id == organization_id,
            Supplement.submitted_at >= since,
            Supplement.submitted_at < since + _A_DAY,
        )

    def approved(self, account_id: str, organization_id: str, since: datetime) -> int:
        """How many supplements of an organization's the account approved in the day from ``since`` on."""
        return self._count(
            Supplement.decided_by == account_id,
            Supplement.status == SupplementStatus.APPROVED,
            Supplement.organization_id == organization_id,
            Supplement.decided_at >= since,
            Supplement.decided_at < since + _A_DAY,
        )

    def _count(self, *conditions: Any) -> int:
        return self._session.scalar(sa.select(sa.func.count()).select_from(Supplement).where(*conditions)) or 0

    def approved_for(self, record_ids: Collection[str]) -> Sequence[Supplement]:
        """The supplements from which these records come."""
        statement = sa.select(Supplement).where(
            Supplement.record_id.in_(record_ids), Supplement.status == SupplementStatus.APPROVED
        )
        return self._session.scalars(statement).all()


def _presence(record: ServiceRecord, place: Place | None, scanned: Places) -> Presence:
    assert record.starts_at is not None  # it has counted time
    assert record.ends_at is not None
    began_at, ended_at = record.signed_in_at or record.starts_at, record.signed_out_at or record.ends_at
    if ended_at < began_at:  # a supplement has settled a sign-in that was none
        began_at, ended_at = record.starts_at, record.ends_at
    return Presence(
        record_id=record.id,
        activity_id=record.activity_id,
        organization_id=record.organization_id,
        began_at=began_at,
        ended_at=ended_at,
        day=record.served_on,
        minutes=Interval(record.starts_at, record.ends_at).minutes,
        place_in=scanned.get((record.id, Direction.SIGN_IN.value), place),
        place_out=scanned.get((record.id, Direction.SIGN_OUT.value), place),
    )


def _place(latitude: float | None, longitude: float | None) -> Place | None:
    return None if latitude is None or longitude is None else Place(latitude, longitude)
