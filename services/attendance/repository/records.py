"""Queries on service records and their scans."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.attendance.domain import OBJECTIONABLE, HeldStatus, Interval, RecordStatus
from services.attendance.models import ActivityCopy, HeldHours, Scan, ServiceRecord, ShiftCopy, StarAward, VolunteerCopy
from services.chassis.errors import NotFound


class RecordRepository:
    """Service records and their scans."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def erase(self, volunteer_id: str) -> None:
        """Forget where an erased person was when they scanned, with which telephone, and why they forgot to."""
        self._session.execute(
            sa.update(Scan).where(Scan.volunteer_id == volunteer_id).values(latitude=None, longitude=None, device=None)
        )
        self._session.execute(
            sa.update(ServiceRecord).where(ServiceRecord.volunteer_id == volunteer_id).values(sign_out_reason=None)
        )

    def add(self, record: ServiceRecord) -> None:
        """A new record."""
        self._session.add(record)

    def get(self, record_id: str) -> ServiceRecord:
        """One record as it is now; raises ``NotFound``. Lock its volunteer before changing it."""
        found = self._session.get(ServiceRecord, record_id, populate_existing=True)
        if found is None:
            raise NotFound(what="record")
        return found

    def lock(self, record_id: str) -> ServiceRecord:
        """One record as it is now, so that nobody discloses it meanwhile. Lock its volunteer before."""
        return self._session.get_one(ServiceRecord, record_id, with_for_update=True, populate_existing=True)

    def scan_with(self, volunteer_id: str, nonce: str) -> Scan | None:
        """The scan that came with this nonce before."""
        return self._session.get(Scan, (volunteer_id, nonce))

    def add_scan(self, scan: Scan) -> None:
        """A new scan; its record must be there."""
        self._session.flush()
        self._session.add(scan)

    def open_at(self, volunteer_id: str, shift_id: str) -> ServiceRecord | None:
        """The volunteer's open record of a shift."""
        return self._session.scalar(
            sa.select(ServiceRecord).where(
                ServiceRecord.volunteer_id == volunteer_id,
                ServiceRecord.shift_id == shift_id,
                ServiceRecord.status == RecordStatus.OPEN,
            )
        )

    def open_during(self, volunteer_id: str, time: Interval) -> ServiceRecord | None:
        """An open record of the volunteer at a shift that shares time with ``time``."""
        return self._session.scalar(
            sa.select(ServiceRecord)
            .join(ShiftCopy, ShiftCopy.id == ServiceRecord.shift_id)
            .where(
                ServiceRecord.volunteer_id == volunteer_id,
                ServiceRecord.status == RecordStatus.OPEN,
                ShiftCopy.starts_at < time.ends_at,
                ShiftCopy.ends_at > time.starts_at,
            )
            .limit(1)
        )

    def pairs_on(self, volunteer_id: str, activity_id: str, day: date) -> int:
        """How often the volunteer has signed in at the activity on that day."""
        statement = sa.select(sa.func.count()).where(
            ServiceRecord.volunteer_id == volunteer_id,
            ServiceRecord.activity_id == activity_id,
            ServiceRecord.served_on == day,
            ServiceRecord.signed_in_at.is_not(None),
        )
        return self._session.scalar(statement) or 0

    def overlapping(self, volunteer_id: str, time: Interval, *, but: str | None = None) -> bool:
        """Whether ``time`` meets a time of the volunteer that counts or may yet; ``but``: the record that it is for."""
        return any(record_id != but for record_id, _ in self.times_during(volunteer_id, time))

    def times_during(self, volunteer_id: str, time: Interval) -> Sequence[tuple[str, Interval]]:
        """The volunteer's counted times that meet ``time``, and open records' from their sign-in on; by record."""
        # An open record counts, at most, from its sign-in to the end of its shift.
        until = sa.func.coalesce(ServiceRecord.ends_at, ShiftCopy.ends_at)
        since = sa.func.coalesce(ServiceRecord.starts_at, ServiceRecord.signed_in_at)
        statement = (
            sa.select(ServiceRecord.id, since, until)
            .join(ShiftCopy, ShiftCopy.id == ServiceRecord.shift_id, isouter=True)
            .where(
                ServiceRecord.volunteer_id == volunteer_id,
                since < time.ends_at,
                until > time.starts_at,
                # a record that was taken back has no counted time any more, and is no hindrance
                sa.or_(ServiceRecord.starts_at.is_not(None), ServiceRecord.status == RecordStatus.OPEN),
            )
        )
        return [(record_id, Interval(starts, ends)) for record_id, starts, ends in self._session.execute(statement)]

    def lock_of_shift(self, volunteer_id: str, shift_id: str) -> Sequence[ServiceRecord]:
        """The volunteer's records of a shift in time's order, as they are now; whoever discloses them has to wait."""
        found = self._session.scalars(
            sa.select(ServiceRecord)
            .where(ServiceRecord.volunteer_id == volunteer_id, ServiceRecord.shift_id == shift_id)
            .order_by(ServiceRecord.id)  # as who discloses locks them
            .with_for_update()
            .execution_options(populate_existing=True)
        )
        return sorted(found, key=lambda record: (record.signed_in_at or record.created_at, record.id))

    def signed_in_at_activity(self, volunteer_id: str, activity_id: str) -> Sequence[ServiceRecord]:
        """The volunteer's records of an activity that began with a sign-in."""
        return self._session.scalars(
            sa.select(ServiceRecord).where(
                ServiceRecord.volunteer_id == volunteer_id,
                ServiceRecord.activity_id == activity_id,
                ServiceRecord.signed_in_at.is_not(None),
            )
        ).all()

    def scanned_directions(self, record_ids: Sequence[str]) -> dict[str, frozenset[str]]:
        """Which of a record's ends were scanned at once."""
        rows = self._session.execute(
            sa.select(Scan.record_id, sa.func.array_agg(Scan.direction))
            .where(Scan.record_id.in_(record_ids))
            .group_by(Scan.record_id)
        )
        return {record_id: frozenset(directions) for record_id, directions in rows}

    def open_of_activity(self, activity_id: str) -> Sequence[ServiceRecord]:
        """Who is still signed in at an activity."""
        return self._session.scalars(
            sa.select(ServiceRecord)
            .where(ServiceRecord.activity_id == activity_id, ServiceRecord.status == RecordStatus.OPEN)
            .order_by(ServiceRecord.id)
        ).all()

    def recorded_of_activity(self, activity_id: str) -> Sequence[ServiceRecord]:
        """The records of an activity that wait to be disclosed, locked, but for those that somebody is changing."""
        return self._session.scalars(
            sa.select(ServiceRecord)
            .where(ServiceRecord.activity_id == activity_id, ServiceRecord.status == RecordStatus.RECORDED)
            .order_by(ServiceRecord.id)
            .with_for_update(skip_locked=True)
        ).all()

    def forgotten(self, ended_by: datetime, *conditions: Any) -> Any:
        """Open records of shifts that had ended by then, with shift, activity and the volunteer's name."""
        return (
            sa.select(ServiceRecord, ShiftCopy, ActivityCopy, VolunteerCopy.name)
            .join(ShiftCopy, ShiftCopy.id == ServiceRecord.shift_id)
            .join(ActivityCopy, ActivityCopy.id == ServiceRecord.activity_id)
            .join(VolunteerCopy, VolunteerCopy.id == ServiceRecord.volunteer_id, isouter=True)
            .where(ServiceRecord.status == RecordStatus.OPEN, ShiftCopy.ends_at <= ended_by, *conditions)
        )

    def volunteers_of(self, record_ids: Sequence[str]) -> Sequence[str]:
        """The volunteers whose records these are."""
        return self._session.scalars(
            sa.select(ServiceRecord.volunteer_id).where(ServiceRecord.id.in_(record_ids)).distinct()
        ).all()

    def open_count(self) -> int:
        """How many records are open."""
        statement = sa.select(sa.func.count()).where(ServiceRecord.status == RecordStatus.OPEN)
        return self._session.scalar(statement) or 0

    def due_for_confirmation(self, now: datetime, limit: int) -> Sequence[tuple[str, str]]:
        """(record, volunteer) ids of disclosed records: the time for objections is over, and nothing of them waits."""
        waits = sa.exists().where(HeldHours.record_id == ServiceRecord.id, HeldHours.status == HeldStatus.WAITING)
        statement = (
            sa.select(ServiceRecord.id, ServiceRecord.volunteer_id)
            .where(ServiceRecord.status == RecordStatus.DISCLOSED, ServiceRecord.disclosed_until <= now, ~waits)
            .order_by(ServiceRecord.disclosed_until)
            .limit(limit)
        )
        return [(record_id, volunteer_id) for record_id, volunteer_id in self._session.execute(statement)]

    def confirmed_minutes(self, volunteer_id: str) -> int:
        """The minutes of a volunteer's confirmed records."""
        statement = sa.select(sa.func.coalesce(sa.func.sum(ServiceRecord.minutes), 0)).where(
            ServiceRecord.volunteer_id == volunteer_id, ServiceRecord.status == RecordStatus.CONFIRMED
        )
        return int(self._session.scalar(statement) or 0)

    def stars(self, volunteer_id: str) -> int:
        """The highest star the volunteer was awarded, 0 without one."""
        statement = sa.select(sa.func.max(StarAward.stars)).where(StarAward.volunteer_id == volunteer_id)
        return self._session.scalar(statement) or 0

    def of_volunteer(self, volunteer_id: str) -> Any:
        """A volunteer's records with the activity's title."""
        return (
            sa.select(ServiceRecord, ActivityCopy.title)
            .join(ActivityCopy, ActivityCopy.id == ServiceRecord.activity_id)
            .where(ServiceRecord.volunteer_id == volunteer_id)
        )

    def disclosed_of_activity(self, activity_id: str) -> Any:
        """The records that the public sees, with their volunteers' names."""
        return (
            sa.select(ServiceRecord, VolunteerCopy.name)
            .join(VolunteerCopy, VolunteerCopy.id == ServiceRecord.volunteer_id)
            .where(ServiceRecord.activity_id == activity_id, ServiceRecord.status.in_(OBJECTIONABLE))
        )
