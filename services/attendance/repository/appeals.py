"""Queries on appeals, and on the objections that somebody may appeal against."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.attendance.domain import ObjectionStatus
from services.attendance.models import ActivityCopy, Appeal, Objection, ServiceRecord
from services.attendance.repository.waiting import Waiting, count_of


def resolved_in() -> sa.ColumnElement[str]:
    """SQL, beside ``with_status``: in whose name an objection was resolved; unknown: the activity's own."""
    return sa.func.coalesce(Objection.resolved_in, ActivityCopy.organization_id)


class AppealRepository:
    """Appeals. Lock the record's volunteer, the record and the objection before changing one."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, appeal: Appeal) -> None:
        """A new appeal."""
        self._session.add(appeal)

    def find(self, appeal_id: str) -> Appeal | None:
        """One appeal as it is now."""
        return self._session.get(Appeal, appeal_id, populate_existing=True)

    def against(self, objection_ids: Sequence[str]) -> dict[str, Appeal]:
        """The appeals against what came of these objections, by objection."""
        found = self._session.scalars(sa.select(Appeal).where(Appeal.objection_id.in_(objection_ids)))
        return {appeal.objection_id: appeal for appeal in found}

    def waiting(self, *conditions: Any) -> Waiting:
        """How many wait to be decided, and since when."""
        open_ = (
            sa.select(Appeal)
            .join(Objection, Objection.id == Appeal.objection_id)
            .join(ActivityCopy, ActivityCopy.id == Appeal.activity_id)
            .where(Appeal.status == ObjectionStatus.OPEN, *conditions)
        )
        return count_of(self._session, open_, Appeal.submitted_at)

    def with_status(self, status: str, *conditions: Any) -> Any:
        """Appeals with their objection, their record if there is one, and the activity."""
        return (
            sa.select(Appeal, Objection, ServiceRecord, ActivityCopy)
            .join(Objection, Objection.id == Appeal.objection_id)
            .join(ActivityCopy, ActivityCopy.id == Appeal.activity_id)
            .join(ServiceRecord, ServiceRecord.id == Appeal.record_id, isouter=True)
            .where(Appeal.status == status, *conditions)
        )

    def objections_concerning(self, account_id: str, volunteer_id: str | None) -> Any:
        """The objections that an account submitted, or that are about a volunteer's records, with both's activity."""
        own_records = sa.select(ServiceRecord.id).where(ServiceRecord.volunteer_id == volunteer_id)
        return (
            sa.select(Objection, ServiceRecord, ActivityCopy)
            .join(ActivityCopy, ActivityCopy.id == Objection.activity_id)
            .join(ServiceRecord, ServiceRecord.id == Objection.record_id, isouter=True)
            .where(sa.or_(Objection.account_id == account_id, Objection.record_id.in_(own_records)))
        )

    def erase(self, account_id: str) -> None:
        """Forget what an erased person wrote and was answered; that there was an appeal stays."""
        self._session.execute(sa.update(Appeal).where(Appeal.account_id == account_id).values(text="", reason=None))
