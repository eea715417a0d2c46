"""Queries on hours that volunteers miss in their records."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.attendance.domain import MissingEntryStatus
from services.attendance.models import ActivityCopy, MissingEntry, VolunteerCopy


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
        """Missing entries with the activity's title and the volunteer's name."""
        return (
            sa.select(MissingEntry, ActivityCopy.title, VolunteerCopy.name)
            .join(ActivityCopy, ActivityCopy.id == MissingEntry.activity_id)
            .join(VolunteerCopy, VolunteerCopy.id == MissingEntry.volunteer_id)
            .where(*conditions)
        )

    def erase(self, volunteer_id: str) -> None:
        """Forget what an erased person wrote and was answered, and whom they named."""
        self._session.execute(
            sa.update(MissingEntry)
            .where(MissingEntry.volunteer_id == volunteer_id)
            .values(note="", witness_sealed=None, decision_reason=None)
        )
