"""Queries on evaluations, trainings and awards."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.attendance.domain import RecordStatus
from services.attendance.models import (
    ActivityCopy,
    ActivityEvaluation,
    Attainment,
    ServiceEvaluation,
    ServiceRecord,
    ShiftCopy,
)
from services.chassis.errors import NotFound


class EvaluationRepository:
    """What activities and services were said to be."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, evaluation: ActivityEvaluation | ServiceEvaluation) -> None:
        """A new evaluation, of an activity or of a service."""
        self._session.add(evaluation)
        self._session.flush()

    def served(self, volunteer_id: str, activity_id: str) -> Any:
        """The end of the first shift at which the volunteer served there; None if they did not."""
        return self._session.scalar(
            sa.select(sa.func.min(ShiftCopy.ends_at))
            .join(ServiceRecord, ServiceRecord.shift_id == ShiftCopy.id)
            .where(
                ServiceRecord.volunteer_id == volunteer_id,
                ServiceRecord.activity_id == activity_id,
                ServiceRecord.status != RecordStatus.OPEN,
                ServiceRecord.minutes > 0,
            )
        )

    def of_activity_by(self, activity_id: str, volunteer_id: str) -> ActivityEvaluation | None:
        """What this volunteer said of the activity."""
        return self._session.scalar(
            sa.select(ActivityEvaluation).where(
                ActivityEvaluation.activity_id == activity_id, ActivityEvaluation.volunteer_id == volunteer_id
            )
        )

    def of_activity(self, activity_id: str) -> Any:
        """All that was said of an activity."""
        return sa.select(ActivityEvaluation).where(ActivityEvaluation.activity_id == activity_id)

    def rating(self, activity_id: str) -> tuple[int, float]:
        """How many evaluations there are, and their mean, 0 without any."""
        mean = sa.func.coalesce(sa.func.avg(ActivityEvaluation.stars), 0)
        statement = sa.select(sa.func.count(), mean).where(ActivityEvaluation.activity_id == activity_id)
        count, stars = self._session.execute(statement).one()
        return count, float(stars)

    def of_record(self, record_id: str) -> ServiceEvaluation | None:
        """What was said of this service."""
        return self._session.get(ServiceEvaluation, record_id)

    def of_volunteer(self, volunteer_id: str) -> Any:
        """What was said of a volunteer's services, with the record and the activity's title."""
        return (
            sa.select(ServiceEvaluation, ServiceRecord, ActivityCopy.title)
            .join(ServiceRecord, ServiceRecord.id == ServiceEvaluation.record_id)
            .join(ActivityCopy, ActivityCopy.id == ServiceRecord.activity_id)
            .where(ServiceEvaluation.volunteer_id == volunteer_id)
        )

    def erase(self, volunteer_id: str) -> None:
        """Forget what an erased person wrote, and what was said of them; the stars they gave stay, for the mean."""
        given = sa.update(ActivityEvaluation).where(ActivityEvaluation.volunteer_id == volunteer_id)
        self._session.execute(given.values(text=None))
        self._session.execute(sa.delete(ServiceEvaluation).where(ServiceEvaluation.volunteer_id == volunteer_id))


class AttainmentRepository:
    """Trainings and awards."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, attainment: Attainment) -> None:
        """A new one."""
        self._session.add(attainment)

    def lock(self, attainment_id: str) -> Attainment:
        """One as it is now, locked; raises ``NotFound``."""
        found = self._session.get(Attainment, attainment_id, with_for_update=True, populate_existing=True)
        if found is None:
            raise NotFound(what="attainment")
        return found

    def of_volunteer(self, volunteer_id: str, kind: str | None) -> Any:
        """A volunteer's; of one kind, if one is named."""
        statement = sa.select(Attainment).where(Attainment.volunteer_id == volunteer_id)
        return statement if kind is None else statement.where(Attainment.kind == kind)

    def erase(self, volunteer_id: str) -> None:
        """Nothing of them is counted anywhere, so an erased person's are removed."""
        self._session.execute(sa.delete(Attainment).where(Attainment.volunteer_id == volunteer_id))
