"""Queries on supplements and their evidence."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.attendance.domain import Interval, SupplementStatus
from services.attendance.models import ActivityCopy, Evidence, Supplement, VolunteerCopy
from services.attendance.repository.waiting import Waiting, count_of

_ERASED = "erased"  # identity's word


class SupplementRepository:
    """Supplements and their evidence."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def erase(self, volunteer_id: str) -> None:
        """Forget what was written about an erased person, and what their files were called."""
        own = sa.select(Supplement.id).where(Supplement.volunteer_id == volunteer_id)
        self._session.execute(sa.update(Evidence).where(Evidence.supplement_id.in_(own)).values(name=""))
        self._session.execute(
            sa.update(Supplement).where(Supplement.volunteer_id == volunteer_id).values(reason="", decision_reason=None)
        )

    def add(self, supplement: Supplement) -> None:
        """A new supplement."""
        self._session.add(supplement)

    def find(self, supplement_id: str) -> Supplement | None:
        """One supplement as it is now. Lock its volunteer before changing it."""
        return self._session.get(Supplement, supplement_id, populate_existing=True)

    def decided_like(self, supplement: Supplement) -> Sequence[Supplement]:
        """Those of the same volunteer at the same shift that were decided, newest first: what was rejected is asked
        for again as another supplement."""
        return self._session.scalars(
            sa.select(Supplement)
            .where(
                Supplement.volunteer_id == supplement.volunteer_id,
                Supplement.shift_id == supplement.shift_id,
                Supplement.decided_at.is_not(None),
            )
            .order_by(Supplement.decided_at.desc(), Supplement.id.desc())
        ).all()

    def volunteers_of(self, supplement_ids: Sequence[str]) -> Sequence[str]:
        """The volunteers whom these supplements are for."""
        return self._session.scalars(
            sa.select(Supplement.volunteer_id).where(Supplement.id.in_(supplement_ids)).distinct()
        ).all()

    def overlapping(self, volunteer_id: str, time: Interval) -> bool:
        """Whether a supplement that waits to be decided asks for some of that time already."""
        statement = sa.select(
            sa.exists().where(
                Supplement.volunteer_id == volunteer_id,
                Supplement.status == SupplementStatus.SUBMITTED,
                Supplement.starts_at < time.ends_at,
                Supplement.ends_at > time.starts_at,
            )
        )
        return bool(self._session.scalar(statement))

    def carrying(self, upload_id: str) -> Sequence[str]:
        """The organizations whose supplements carry this upload."""
        return self._session.scalars(
            sa.select(Supplement.organization_id)
            .join(Evidence, Evidence.supplement_id == Supplement.id)
            .where(Evidence.upload_id == upload_id)
            .distinct()
        ).all()

    def proofs_among(self, upload_ids: Sequence[str]) -> Sequence[str]:
        """Those of the uploads that prove hours of somebody who was not erased."""
        return self._session.scalars(
            sa.select(Evidence.upload_id)
            .join(Supplement, Supplement.id == Evidence.supplement_id)
            .join(VolunteerCopy, VolunteerCopy.id == Supplement.volunteer_id)
            .where(Evidence.upload_id.in_(upload_ids), VolunteerCopy.status != _ERASED)
            .distinct()
        ).all()

    def with_status(self, status: str, *conditions: Any) -> Any:
        """Supplements in a status with title and name."""
        return (
            sa.select(Supplement, ActivityCopy.title, VolunteerCopy.name)
            .join(ActivityCopy, ActivityCopy.id == Supplement.activity_id)
            .join(VolunteerCopy, VolunteerCopy.id == Supplement.volunteer_id)
            .where(Supplement.status == status, *conditions)
        )

    def waiting(self, *conditions: Any) -> Waiting:
        """How many wait to be decided, and since when."""
        submitted = sa.select(Supplement).where(Supplement.status == SupplementStatus.SUBMITTED, *conditions)
        return count_of(self._session, submitted, Supplement.submitted_at)
