"""Queries on hours beyond what a day counts at once."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.attendance.domain import Band, HeldStatus
from services.attendance.models import ActivityCopy, HeldHours, ServiceRecord, VolunteerCopy
from services.attendance.repository.waiting import Waiting, count_of

_LACKING = sa.or_(
    HeldHours.status == HeldStatus.WAITING, sa.and_(HeldHours.status == HeldStatus.REFUSED, ~HeldHours.fallen)
)
"""Why a record counts less than its time: minutes that wait, and refused ones of its present time."""


class HeldHoursRepository:
    """Hours that wait for somebody above, and what was decided about them."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, held: HeldHours) -> None:
        """Minutes that wait from now on; their record must be there."""
        self._session.add(held)

    def find(self, held_id: str) -> HeldHours | None:
        """One as it is now. Lock its volunteer before changing it."""
        return self._session.get(HeldHours, held_id, populate_existing=True)

    def waiting_on(self, volunteer_id: str, day: date) -> Sequence[HeldHours]:
        """What waits of a volunteer's day, in time's order."""
        return [held for held in self.waiting_of(volunteer_id) if held.day == day]

    def waiting_of(self, volunteer_id: str) -> Sequence[HeldHours]:
        """What waits of all days of a volunteer, in time's order."""
        return self._session.scalars(
            sa.select(HeldHours)
            .where(HeldHours.volunteer_id == volunteer_id, HeldHours.status == HeldStatus.WAITING)
            .order_by(HeldHours.starts_at)
        ).all()

    def lacking(self, record_ids: Collection[str]) -> Sequence[HeldHours]:
        """Why these records count less than their time, in time's order."""
        return self._session.scalars(
            sa.select(HeldHours).where(HeldHours.record_id.in_(record_ids), _LACKING).order_by(HeldHours.starts_at)
        ).all()

    def decided_by_parent_on(self, volunteer_id: str, day: date) -> int:
        """Of how many minutes of a volunteer's day an organization above has decided, as the records are now."""
        return self._sum(
            HeldHours.volunteer_id == volunteer_id,
            HeldHours.day == day,
            HeldHours.band == Band.PARENT,
            HeldHours.status.in_((HeldStatus.GRANTED, HeldStatus.REFUSED)),
            ~HeldHours.fallen,
        )

    def standing_of(self, record_id: str) -> Sequence[HeldHours]:
        """All that was held of a record as it is now."""
        return self._session.scalars(
            sa.select(HeldHours).where(HeldHours.record_id == record_id, ~HeldHours.fallen).order_by(HeldHours.id)
        ).all()

    def fallen_grants(self, record_id: str, day: date) -> Sequence[HeldHours]:
        """What was granted to a record for a day before it was corrected, in time's order."""
        return self._session.scalars(
            sa.select(HeldHours)
            .where(
                HeldHours.record_id == record_id,
                HeldHours.day == day,
                HeldHours.status == HeldStatus.GRANTED,
                HeldHours.fallen,
            )
            .order_by(HeldHours.starts_at, HeldHours.id)
        ).all()

    def waiting_minutes(self, volunteer_id: str) -> int:
        """All minutes of a volunteer that wait."""
        return self._sum(HeldHours.volunteer_id == volunteer_id, HeldHours.status == HeldStatus.WAITING)

    def _sum(self, *conditions: Any) -> int:
        statement = sa.select(sa.func.coalesce(sa.func.sum(HeldHours.minutes), 0)).where(*conditions)
        return int(self._session.scalar(statement) or 0)

    def waiting_among(self, record_ids: Collection[str]) -> set[str]:
        """Those of these records of which some minutes wait."""
        waiting = HeldHours.status == HeldStatus.WAITING
        return set(
            self._session.scalars(sa.select(HeldHours.record_id).where(HeldHours.record_id.in_(record_ids), waiting))
        )

    def volunteers_of(self, held_ids: Collection[str]) -> Sequence[str]:
        """The volunteers whose hours these are."""
        return self._session.scalars(
            sa.select(HeldHours.volunteer_id).where(HeldHours.id.in_(held_ids)).distinct()
        ).all()

    def records_of(self, held_ids: Collection[str]) -> Sequence[str]:
        """The records of which these are minutes."""
        return self._session.scalars(sa.select(HeldHours.record_id).where(HeldHours.id.in_(held_ids)).distinct()).all()

    def decided_like(self, held: HeldHours) -> Sequence[HeldHours]:
        """What was decided about hours of the same record, newest first."""
        return self._session.scalars(
            sa.select(HeldHours)
            .where(HeldHours.record_id == held.record_id, HeldHours.decided_at.is_not(None))
            .order_by(HeldHours.decided_at.desc(), HeldHours.id.desc())
        ).all()

    def with_status(self, status: str, *conditions: Any) -> Any:
        """Held hours in a status, each with its record, the activity's title and the volunteer's name."""
        return (
            sa.select(HeldHours, ServiceRecord, ActivityCopy.title, VolunteerCopy.name)
            .join(ServiceRecord, ServiceRecord.id == HeldHours.record_id)
            .join(ActivityCopy, ActivityCopy.id == ServiceRecord.activity_id)
            .join(VolunteerCopy, VolunteerCopy.id == HeldHours.volunteer_id)
            .where(HeldHours.status == status, *conditions)
        )

    def waiting(self, *conditions: Any) -> Waiting:
        """How many wait to be decided, and since when."""
        return count_of(self._session, self.with_status(HeldStatus.WAITING, *conditions), HeldHours.held_at)

    def erase(self, volunteer_id: str) -> None:
        """Forget what was written about an erased person's hours."""
        self._session.execute(
            sa.update(HeldHours).where(HeldHours.volunteer_id == volunteer_id).values(decision_reason=None)
        )
