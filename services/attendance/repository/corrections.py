"""Queries on corrections and what speaks for them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.attendance.domain import CorrectionStatus
from services.attendance.models import ActivityCopy, Correction, CorrectionEvidence, ServiceRecord, VolunteerCopy
from services.attendance.repository.waiting import Waiting, count_of

_ERASED = "erased"  # identity's word


class CorrectionRepository:
    """Corrections. Lock the volunteer before changing one."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def erase(self, volunteer_id: str) -> None:
        """Forget what was written about an erased person, and what their files were called."""
        own = sa.select(Correction.id).where(Correction.volunteer_id == volunteer_id)
        self._session.execute(
            sa.update(CorrectionEvidence).where(CorrectionEvidence.correction_id.in_(own)).values(name="")
        )
        self._session.execute(
            sa.update(Correction).where(Correction.volunteer_id == volunteer_id).values(reason="", decision_reason=None)
        )

    def add(self, correction: Correction) -> None:
        """A new correction."""
        self._session.add(correction)

    def find(self, correction_id: str) -> Correction | None:
        """One correction as it is now."""
        return self._session.get(Correction, correction_id, populate_existing=True)

    def is_requested(self, record_id: str) -> bool:
        """Whether a correction of the record waits to be decided."""
        statement = sa.select(
            sa.exists().where(Correction.record_id == record_id, Correction.status == CorrectionStatus.REQUESTED.value)
        )
        return bool(self._session.scalar(statement))

    def listed(self, *conditions: Any) -> Any:
        """Corrections with their record, the activity's title and the volunteer's name."""
        return (
            sa.select(Correction, ServiceRecord, ActivityCopy.title, VolunteerCopy.name)
            .join(ServiceRecord, ServiceRecord.id == Correction.record_id)
            .join(ActivityCopy, ActivityCopy.id == Correction.activity_id)
            .join(VolunteerCopy, VolunteerCopy.id == Correction.volunteer_id)
            .where(*conditions)
        )

    def decided_like(self, correction: Correction) -> Sequence[Correction]:
        """What was decided about the same record, asked for or not, newest first."""
        return self._session.scalars(
            sa.select(Correction)
            .where(Correction.record_id == correction.record_id, Correction.decided_at.is_not(None))
            .order_by(Correction.decided_at.desc(), Correction.id.desc())
        ).all()

    def waiting(self, *conditions: Any) -> Waiting:
        """How many wait to be decided, and since when."""
        requested = (
            sa.select(Correction)
            .join(ActivityCopy, ActivityCopy.id == Correction.activity_id)
            .where(Correction.status == CorrectionStatus.REQUESTED, *conditions)
        )
        return count_of(self._session, requested, Correction.requested_at)

    def carrying(self, upload_id: str) -> Sequence[str]:
        """The organizations that decide, or have decided, about corrections for which this upload speaks."""
        return self._session.scalars(
            sa.select(ActivityCopy.organization_id)
            .join(Correction, Correction.activity_id == ActivityCopy.id)
            .join(CorrectionEvidence, CorrectionEvidence.correction_id == Correction.id)
            .where(CorrectionEvidence.upload_id == upload_id, Correction.status != CorrectionStatus.WITHDRAWN.value)
            .distinct()
        ).all()

    def proofs_among(self, upload_ids: Sequence[str]) -> Sequence[str]:
        """Those of the uploads that speak for a correction, not withdrawn, of somebody who was not erased."""
        return self._session.scalars(
            sa.select(CorrectionEvidence.upload_id)
            .join(Correction, Correction.id == CorrectionEvidence.correction_id)
            .join(VolunteerCopy, VolunteerCopy.id == Correction.volunteer_id)
            .where(
                CorrectionEvidence.upload_id.in_(upload_ids),
                Correction.status != CorrectionStatus.WITHDRAWN.value,
                VolunteerCopy.status != _ERASED,
            )
            .distinct()
        ).all()
