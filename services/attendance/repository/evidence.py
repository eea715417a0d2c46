"""Queries on files across all that they speak for: supplements, corrections and claims of missing hours."""

from __future__ import annotations

from collections.abc import Collection

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.attendance.models import CorrectionEvidence, Evidence, MissingEntry, MissingEntryEvidence


class EvidenceRepository:
    """Files that speak for hours, whatever carries them."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def used_elsewhere(self, hashes: Collection[str]) -> set[str]:
        """Those of the hashes that several cases carry: one photograph proves one service.

        A claim of missing hours and the supplement that came of it are one case.
        """
        carried = sa.union_all(
            sa.select(Evidence.sha256, Evidence.supplement_id.label("case_id")),
            sa.select(CorrectionEvidence.sha256, CorrectionEvidence.correction_id),
            sa.select(MissingEntryEvidence.sha256, sa.func.coalesce(MissingEntry.supplement_id, MissingEntry.id)).join(
                MissingEntry, MissingEntry.id == MissingEntryEvidence.missing_entry_id
            ),
        ).subquery()
        return set(
            self._session.scalars(
                sa.select(carried.c.sha256)
                .where(carried.c.sha256.in_(hashes))
                .group_by(carried.c.sha256)
                .having(sa.func.count(carried.c.case_id.distinct()) > 1)
            )
        )
