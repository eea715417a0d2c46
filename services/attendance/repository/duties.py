"""Queries on what must be recorded by when, and on what is missing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.attendance.domain.duties import Attended, DutyStatus
from services.attendance.models import ActivityCopy, EnrollmentCopy, RecordDuty, ServiceRecord, ShiftCopy
from services.attendance.repository.copies import HAD_A_PLACE

ACCEPTED = "accepted"  # activity's word

_RECORDED = sa.exists().where(
    ServiceRecord.volunteer_id == EnrollmentCopy.volunteer_id,
    ServiceRecord.shift_id == EnrollmentCopy.shift_id,
    ServiceRecord.status != "open",
)
_MISSING = sa.and_(EnrollmentCopy.status == ACCEPTED, ~_RECORDED)
"""An accepted volunteer of whom there is neither a record nor, by the organizer's word, an absence."""


@dataclass(frozen=True, slots=True)
class MissingAtShift:
    """How many volunteers of a shift are still to be recorded, or said to have been absent."""

    shift_id: str
    starts_at: datetime
    ends_at: datetime
    volunteers: int


class DutyRepository:
    """Record duties."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, duty: RecordDuty) -> None:
        """A new one."""
        self._session.add(duty)

    def lock(self, activity_id: str) -> RecordDuty | None:
        """An activity's duty, locked; None if it has none."""
        return self._session.get(RecordDuty, activity_id, with_for_update=True, populate_existing=True)

    def take_due(self, now: datetime, limit: int) -> Sequence[RecordDuty]:
        """Duties to look at, locked; what somebody else is at is left to them."""
        return self._session.scalars(
            sa.select(RecordDuty)
            .where(RecordDuty.look_at <= now)
            .order_by(RecordDuty.look_at, RecordDuty.activity_id)
            .limit(limit)
            .with_for_update(skip_locked=True)
        ).all()

    def attended(self, activity_ids: Collection[str]) -> Mapping[str, Attended]:
        """How far the records of each of these have come; those at which nobody had a place are left out."""
        rows = self._session.execute(
            sa.select(EnrollmentCopy.activity_id, sa.func.count(), sa.func.count().filter(_MISSING))
            .where(EnrollmentCopy.activity_id.in_(activity_ids), EnrollmentCopy.status.in_(HAD_A_PLACE))
            .group_by(EnrollmentCopy.activity_id)
        )
        return {activity_id: Attended(places, missing) for activity_id, places, missing in rows}

    def overdue(self, *conditions: Any) -> Any:
        """Overdue duties with the activity's title, as far as something is missing at this moment."""
        missing = sa.exists().where(EnrollmentCopy.activity_id == RecordDuty.activity_id, _MISSING)
        return (
            sa.select(RecordDuty, ActivityCopy.title)
            .join(ActivityCopy, ActivityCopy.id == RecordDuty.activity_id)
            .where(RecordDuty.status == DutyStatus.OVERDUE, missing, *conditions)
        )

    def missing(self, activity_ids: Collection[str]) -> Mapping[str, Sequence[MissingAtShift]]:
        """What is missing at which shift of each of these activities."""
        rows = self._session.execute(
            sa.select(ShiftCopy.activity_id, ShiftCopy.id, ShiftCopy.starts_at, ShiftCopy.ends_at, sa.func.count())
            .join(EnrollmentCopy, EnrollmentCopy.shift_id == ShiftCopy.id)
            .where(EnrollmentCopy.activity_id.in_(activity_ids), _MISSING)
            .group_by(ShiftCopy.id)
            .order_by(ShiftCopy.starts_at, ShiftCopy.id)
        )
        found = defaultdict(list)
        for activity_id, shift_id, starts_at, ends_at, volunteers in rows:
            found[activity_id].append(MissingAtShift(shift_id, starts_at, ends_at, volunteers))
        return found
