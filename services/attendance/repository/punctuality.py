"""Queries on who was there and when: the facts alone, which ``domain/punctuality.py`` judges."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.attendance.domain import Interval, RecordStatus
from services.attendance.domain.punctuality import Seen
from services.attendance.models import (
    ORGANIZATION_COPY,
    ActivityCopy,
    EnrollmentCopy,
    ServiceRecord,
    ShiftCopy,
    VolunteerCopy,
)
from services.attendance.repository.copies import HAD_A_PLACE
from services.chassis.organizations import is_below

_REVOKED, _ABSENT = "revoked", "absent"  # activity's words

_COUNTS = ServiceRecord.starts_at.is_not(None)
_OPEN = ServiceRecord.status == RecordStatus.OPEN


@dataclass(frozen=True, slots=True)
class Alike:
    """How many people of an organization's shifts are known to have been there alike."""

    organization_id: str
    seen: Seen
    people: int


class PunctualityRepository:
    """Who was accepted for shifts that are over, and what their records say. Nothing of it is kept."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def of_activity(self, activity_id: str, now: datetime, beyond: timedelta) -> tuple[Any, list[Any]]:
        """People of an activity of whom there is something to say, with their names; and the keys of their list.

        ``beyond``: who lacks less than that at the start and at the end, and has signed out, is left out.
        """
        seen = _seen(now, ActivityCopy.id == activity_id).subquery()
        something = sa.or_(
            seen.c.counts_after.is_(None),
            seen.c.opened_after.is_not(None),
            seen.c.forced,
            seen.c.counts_after >= beyond,
            seen.c.counted_before >= beyond,
        )
        statement = (
            sa.select(seen, VolunteerCopy.name)
            .join(VolunteerCopy, VolunteerCopy.id == seen.c.volunteer_id, isouter=True)
            .where(something)
        )
        return statement, [seen.c.shift_starts_at, seen.c.shift_id, seen.c.enrollment_id]

    def organizations(self, path: str, period: Interval, now: datetime) -> tuple[Any, list[Any]]:
        """Organizations at ``path`` and below it that had somebody accepted for a shift of the period; and the keys of
        their list.

        With a path that it knows, PostgreSQL can tell how many lie below it: it walks them in their order and ends when
        the page is full, or, where there is little to find, begins with the shifts.
        """
        somebody = _accepted(now, _begins_in(period), ActivityCopy.organization_id == ORGANIZATION_COPY.c.id)
        statement = sa.select(ORGANIZATION_COPY.c.id, ORGANIZATION_COPY.c.name).where(
            is_below(ORGANIZATION_COPY.c.path, path), somebody.exists()
        )
        return statement, [ORGANIZATION_COPY.c.id]

    def of_organizations(self, organization_ids: Collection[str], period: Interval, now: datetime) -> Iterator[Alike]:
        """What is known of everybody who was accepted for their shifts of the period, people seen alike together.

        To the minute, which is as exactly as anybody is judged; so a big event is not many rows.
        """
        seen = _seen(now, _begins_in(period), ActivityCopy.organization_id.in_(organization_ids)).subquery()
        alike = [
            seen.c.organization_id,
            _in_minutes(seen.c.counts_after),
            _in_minutes(seen.c.counted_before),
            _in_minutes(seen.c.opened_after),
            seen.c.forced,
            seen.c.said_absent,
        ]
        for organization_id, *known, people in self._session.execute(
            sa.select(*alike, sa.func.count()).group_by(*alike)
        ):
            yield Alike(organization_id, Seen(*known), people)


def _begins_in(period: Interval) -> sa.ColumnElement[bool]:
    return sa.and_(ShiftCopy.starts_at >= period.starts_at, ShiftCopy.starts_at < period.ends_at)


def _accepted(now: datetime, *conditions: Any) -> Any:
    """Those who had a place at shifts that are over, of activities that were not revoked."""
    return (
        sa.select(EnrollmentCopy.id)
        .join(ActivityCopy, ActivityCopy.id == EnrollmentCopy.activity_id)
        .join(ShiftCopy, sa.and_(ShiftCopy.activity_id == ActivityCopy.id, ShiftCopy.id == EnrollmentCopy.shift_id))
        .where(
            EnrollmentCopy.status.in_(HAD_A_PLACE),
            ActivityCopy.status != _REVOKED,
            ShiftCopy.ends_at <= now,
            *conditions,
        )
    )


def _seen(now: datetime, *conditions: Any) -> Any:
    """A row for each of them: which shift, who, and what :class:`Seen` holds."""
    first, last = sa.func.min(ServiceRecord.starts_at), sa.func.max(ServiceRecord.ends_at)  # NULL where nothing counts
    opened = sa.func.min(ServiceRecord.signed_in_at).filter(_OPEN)
    forced = sa.func.bool_or(ServiceRecord.signed_out_by.is_not(None)).filter(_COUNTS)
    return (
        _accepted(now, *conditions)
        .with_only_columns(
            EnrollmentCopy.id.label("enrollment_id"),
            EnrollmentCopy.volunteer_id,
            ActivityCopy.organization_id,
            ShiftCopy.id.label("shift_id"),
            ShiftCopy.starts_at.label("shift_starts_at"),
            ShiftCopy.ends_at.label("shift_ends_at"),
            (first - ShiftCopy.starts_at).label("counts_after"),
            (ShiftCopy.ends_at - last).label("counted_before"),
            (opened - ShiftCopy.starts_at).label("opened_after"),
            sa.func.coalesce(forced, sa.false()).label("forced"),
            (EnrollmentCopy.status == _ABSENT).label("said_absent"),
        )
        .join(
            ServiceRecord,
            sa.and_(
                ServiceRecord.volunteer_id == EnrollmentCopy.volunteer_id,
                ServiceRecord.shift_id == EnrollmentCopy.shift_id,
            ),
            isouter=True,
        )
        .group_by(EnrollmentCopy.id, ActivityCopy.id, ShiftCopy.id)
    )


def _in_minutes(lacking: sa.ColumnElement[Any]) -> sa.ColumnElement[Any]:
    """Whole minutes of an interval; NULL stays NULL."""
    return sa.func.date_trunc("minute", lacking, type_=sa.Interval)
