"""Queries on disclosures and objections."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from services.attendance.domain import OBJECTIONABLE, DisclosureStatus, ObjectionStatus, RecordStatus
from services.attendance.models import ActivityCopy, Appeal, Disclosure, Objection, ServiceRecord, ShiftCopy
from services.attendance.repository.waiting import Waiting, count_of


@dataclass(frozen=True, slots=True)
class Shown:
    """How much a disclosure shows."""

    records: int
    minutes: int


class DisclosureRepository:
    """Disclosures, and the activities that are due for one."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, disclosure: Disclosure) -> None:
        """A new disclosure."""
        self._session.add(disclosure)

    def find(self, activity_id: str) -> Disclosure | None:
        """The disclosure of an activity."""
        return self._session.get(Disclosure, activity_id)

    def due_activities(self, now: datetime, limit: int) -> Sequence[str]:
        """Activities with records to disclose: all shifts over and nobody signed in, or disclosed before already."""
        unfinished = sa.exists().where(ShiftCopy.activity_id == ServiceRecord.activity_id, ShiftCopy.ends_at > now)
        other = aliased(ServiceRecord)
        signed_in = sa.exists().where(other.activity_id == ServiceRecord.activity_id, other.status == RecordStatus.OPEN)
        disclosed = sa.exists().where(Disclosure.activity_id == ServiceRecord.activity_id)
        return self._session.scalars(
            sa.select(ServiceRecord.activity_id)
            .where(ServiceRecord.status == RecordStatus.RECORDED, sa.or_(disclosed, ~(unfinished | signed_in)))
            .distinct()
            .limit(limit)
        ).all()

    def show_until(self, activity_ids: Collection[str], until: datetime) -> None:
        """Keep these open until then, or open them again."""
        for disclosure in self._session.scalars(
            sa.select(Disclosure)
            .where(Disclosure.activity_id.in_(activity_ids))
            .order_by(Disclosure.activity_id)
            .with_for_update()
            .execution_options(populate_existing=True)
        ):
            disclosure.status = DisclosureStatus.OPEN.value
            disclosure.closes_at = max(disclosure.closes_at, until)

    def close_due(self, now: datetime) -> int:
        """Close what nobody can object to any more; answers how many. What somebody is changing has time."""
        due = (
            sa.select(Disclosure.activity_id)
            .where(Disclosure.status == DisclosureStatus.OPEN, Disclosure.closes_at <= now)
            .with_for_update(skip_locked=True)
        )
        closed = self._session.scalars(
            sa.update(Disclosure)
            .where(Disclosure.activity_id.in_(due))
            .values(status=DisclosureStatus.CLOSED.value)
            .returning(Disclosure.activity_id)
        ).all()
        return len(closed)

    def listed(self, *conditions: Any) -> Any:
        """Disclosures with the activity's title."""
        return (
            sa.select(Disclosure, ActivityCopy.title)
            .join(ActivityCopy, ActivityCopy.id == Disclosure.activity_id)
            .where(*conditions)
        )

    def shown(self, activity_ids: Sequence[str]) -> dict[str, Shown]:
        """How many records and minutes each of these shows to the public."""
        rows = self._session.execute(
            sa.select(ServiceRecord.activity_id, sa.func.count(), sa.func.sum(ServiceRecord.minutes))
            .where(ServiceRecord.activity_id.in_(activity_ids), ServiceRecord.status.in_(OBJECTIONABLE))
            .group_by(ServiceRecord.activity_id)
        )
        return {activity_id: Shown(records, int(minutes)) for activity_id, records, minutes in rows}


class ObjectionRepository:
    """Objections."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, objection: Objection) -> None:
        """A new objection."""
        self._session.add(objection)

    def find(self, objection_id: str) -> Objection | None:
        """One objection."""
        return self._session.get(Objection, objection_id)

    def get(self, objection_id: str) -> Objection:
        """One that is there: an appeal is against it."""
        return self._session.get_one(Objection, objection_id)

    def lock(self, objection_id: str) -> Objection:
        """One objection as it is now, locked."""
        return self._session.get_one(Objection, objection_id, with_for_update=True, populate_existing=True)

    def is_disputed(self, record_id: str) -> bool:
        """Whether an objection to the record, or an appeal in such a case, is open."""
        objected = sa.exists().where(Objection.record_id == record_id, Objection.status == ObjectionStatus.OPEN)
        appealed = sa.exists().where(Appeal.record_id == record_id, Appeal.status == ObjectionStatus.OPEN)
        return bool(self._session.scalar(sa.select(sa.or_(objected, appealed))))

    def resolved_like(self, objection: Objection) -> Sequence[Objection]:
        """What was resolved about the same record, or the same activity's hours as a whole, newest first."""
        return self._session.scalars(
            sa.select(Objection)
            .where(
                Objection.activity_id == objection.activity_id,
                Objection.record_id.is_not_distinct_from(objection.record_id),
                Objection.resolved_at.is_not(None),
            )
            .order_by(Objection.resolved_at.desc(), Objection.id.desc())
        ).all()

    def waiting(self, *conditions: Any) -> Waiting:
        """How many wait to be resolved, and since when."""
        open_ = (
            sa.select(Objection)
            .join(ActivityCopy, ActivityCopy.id == Objection.activity_id)
            .where(Objection.status == ObjectionStatus.OPEN, *conditions)
        )
        return count_of(self._session, open_, Objection.submitted_at)

    def with_status(self, status: str, *conditions: Any) -> Any:
        """Objections of all activities with their record, if they name one, and the activity."""
        return (
            sa.select(Objection, ServiceRecord, ActivityCopy)
            .join(ActivityCopy, ActivityCopy.id == Objection.activity_id)
            .join(ServiceRecord, ServiceRecord.id == Objection.record_id, isouter=True)
            .where(Objection.status == status, *conditions)
        )

    def of_activity(self, activity_id: str) -> Any:
        """The objections to an activity's hours."""
        return sa.select(Objection).where(Objection.activity_id == activity_id)

    def erase(self, account_id: str) -> None:
        """Forget what an erased person wrote and how to call them; that there was an objection stays."""
        self._session.execute(
            sa.update(Objection)
            .where(Objection.account_id == account_id)
            .values(text="", contact_sealed=None, reason=None)
        )
