"""Queries on hours that volunteers miss in their records."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.attendance.domain import MissingEntryStatus
from services.attendance.models import ActivityCopy, MissingEntry, MissingEntryEvidence, VolunteerCopy
from services.attendance.repository.waiting import Waiting, count_of

_ERASED = "erased"  # identity's word


class MissingEntryRepository:
    """Missing entries. Lock the volunteer before changing one."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, entry: MissingEntry) -> None:
        """A new one."""
        self._session.add(entry)

    def find(self, entry_id: str) -> MissingEntry | None:
        """One of them as it is now."""
        return self._session.get(MissingEntry, entry_id, populate_existing=True)

    def is_asked(self, volunteer_id: str, shift_id: str) -> bool:
        """Whether a claim of the volunteer at the shift waits for the organizer."""
        statement = sa.select(
            sa.exists().where(
                MissingEntry.volunteer_id == volunteer_id,
                MissingEntry.shift_id == shift_id,
                MissingEntry.status == MissingEntryStatus.ASKED.value,
            )
        )
        return bool(self._session.scalar(statement))

    def behind(self, supplement_ids: Sequence[str]) -> dict[str, MissingEntry]:
        """What volunteers themselves had said, by the supplement that came of it."""
        found = self._session.scalars(sa.select(MissingEntry).where(MissingEntry.supplement_id.in_(supplement_ids)))
        return {entry.supplement_id: entry for entry in found if entry.supplement_id is not None}

    def listed(self, *conditions: Any) -> Any:
        """Missing entries with their activity and the volunteer's name."""
        return (
            sa.select(MissingEntry, ActivityCopy, VolunteerCopy.name)
            .join(ActivityCopy, ActivityCopy.id == MissingEntry.activity_id)
            .join(VolunteerCopy, VolunteerCopy.id == MissingEntry.volunteer_id)
            .where(*conditions)
        )

    def decided_like(self, entry: MissingEntry) -> Sequence[MissingEntry]:
        """What was answered to the same volunteer about the same shift, newest first."""
        return self._session.scalars(
            sa.select(MissingEntry)
            .where(
                MissingEntry.volunteer_id == entry.volunteer_id,
                MissingEntry.shift_id == entry.shift_id,
                MissingEntry.decided_at.is_not(None),
            )
            .order_by(MissingEntry.decided_at.desc(), MissingEntry.id.desc())
        ).all()

    def waiting(self, *conditions: Any) -> Waiting:
        """How many wait for an answer, and since when."""
        asked = (
            sa.select(MissingEntry)
            .join(ActivityCopy, ActivityCopy.id == MissingEntry.activity_id)
            .where(MissingEntry.status == MissingEntryStatus.ASKED, *conditions)
        )
        return count_of(self._session, asked, MissingEntry.asked_at)

    def carrying(self, upload_id: str) -> Sequence[str]:
        """The organizations that answer, or have answered, claims with which this upload was given."""
        return self._session.scalars(
            sa.select(ActivityCopy.organization_id)
            .join(MissingEntry, MissingEntry.activity_id == ActivityCopy.id)
            .join(MissingEntryEvidence, MissingEntryEvidence.missing_entry_id == MissingEntry.id)
            .where(
                MissingEntryEvidence.upload_id == upload_id, MissingEntry.status != MissingEntryStatus.WITHDRAWN.value
            )
            .distinct()
        ).all()

    def proofs_among(self, upload_ids: Sequence[str]) -> Sequence[str]:
        """Those of the uploads that speak for a claim, not withdrawn, of somebody who was not erased."""
        return self._session.scalars(
            sa.select(MissingEntryEvidence.upload_id)
            .join(MissingEntry, MissingEntry.id == MissingEntryEvidence.missing_entry_id)
            .join(VolunteerCopy, VolunteerCopy.id == MissingEntry.volunteer_id)
            .where(
                MissingEntryEvidence.upload_id.in_(upload_ids),
                MissingEntry.status != MissingEntryStatus.WITHDRAWN.value,
                VolunteerCopy.status != _ERASED,
            )
            .distinct()
        ).all()

    def erase(self, volunteer_id: str) -> None:
        """Forget what an erased person wrote and was answered, whom they named, and what their files were called."""
        own = sa.select(MissingEntry.id).where(MissingEntry.volunteer_id == volunteer_id)
        self._session.execute(
            sa.update(MissingEntryEvidence).where(MissingEntryEvidence.missing_entry_id.in_(own)).values(name="")
        )
        self._session.execute(
            sa.update(MissingEntry)
            .where(MissingEntry.volunteer_id == volunteer_id)
            .values(note="", witness_sealed=None, decision_reason=None)
        )
