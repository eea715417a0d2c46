"""Queries on files across all that they speak for: supplements, corrections and claims of missing hours."""

from __future__ import annotations

from collections.abc import Collection

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.attendance.domain import CorrectionStatus, MissingEntryStatus
from services.attendance.models import (
    Correction,
    CorrectionEvidence,
    Evidence,
    MissingEntry,
    MissingEntryEvidence,
    ServiceRecord,
    Supplement,
)


class EvidenceRepository:
    """Files that speak for hours, whatever carries them."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def used_elsewhere(self, hashes: Collection[str]) -> set[str]:
        """Those of the hashes that speak for hours of several people, or at several shifts: one photograph proves one
        service.

        Whatever is said of one volunteer at one shift is one case: a claim, the supplement that came of it, what was
        rejected and asked for again, a correction. What was withdrawn speaks for nothing.
        """
        cases = sa.union(
            sa.select(Evidence.sha256, Supplement.volunteer_id, Supplement.shift_id)
            .join(Supplement, Supplement.id == Evidence.supplement_id)
            .where(Evidence.sha256.in_(hashes)),
            sa.select(CorrectionEvidence.sha256, ServiceRecord.volunteer_id, ServiceRecord.shift_id)
            .join(Correction, Correction.id == CorrectionEvidence.correction_id)
            .join(ServiceRecord, ServiceRecord.id == Correction.record_id)
            .where(CorrectionEvidence.sha256.in_(hashes), Correction.status != CorrectionStatus.WITHDRAWN.value),
            sa.select(MissingEntryEvidence.sha256, MissingEntry.volunteer_id, MissingEntry.shift_id)
            .join(MissingEntry, MissingEntry.id == MissingEntryEvidence.missing_entry_id)
            .where(MissingEntryEvidence.sha256.in_(hashes), MissingEntry.status != MissingEntryStatus.WITHDRAWN.value),
        ).subquery()
        return set(
            self._session.scalars(sa.select(cases.c.sha256).group_by(cases.c.sha256).having(sa.func.count() > 1))
        )
