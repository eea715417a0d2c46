"""Enrollments, by shift, by volunteer, and by place in line."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql
from sqlalchemy.orm import Session, aliased, contains_eager

from services.activity.domain.enrolling import ACTIVE
from services.activity.domain.states import CLAIMS_TIME, MAY_COME_AGAIN, OPEN, EnrollmentStatus, Span
from services.activity.models import Activity, Enrollment, Shift, VolunteerCopy


class EnrollmentRepository:
    """Enrollments, by shift, volunteer and place in line."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def erase(self, volunteer_id: str) -> None:
        """Forget what was written about an erased person, and who came along."""
        blank = sa.update(Enrollment).where(Enrollment.volunteer_id == volunteer_id)
        self._session.execute(blank.values(reason=None, reason_code=None, accompanied_by_sealed=None))

    def find(self, enrollment_id: str) -> Enrollment | None:
        """One enrollment."""
        return self._session.get(Enrollment, enrollment_id)

    def refresh(self, enrollment: Enrollment) -> None:
        """Read it again, after the lock that keeps it as it is."""
        self._session.refresh(enrollment)

    def present(self, shift_id: str, volunteer_id: str) -> Enrollment | None:
        """The volunteer's enrollment for the shift that stands in the way of another one."""
        return self._session.scalar(
            sa.select(Enrollment)
            .where(
                Enrollment.shift_id == shift_id,
                Enrollment.volunteer_id == volunteer_id,
                Enrollment.status.not_in(MAY_COME_AGAIN),
            )
            .execution_options(populate_existing=True)
        )

    def overlapping(self, volunteer_id: str, shift: Shift, statuses: Iterable[str] = CLAIMS_TIME) -> Enrollment | None:
        """Another enrollment of the volunteer at the same time (``domain.states.overlap`` in SQL); not of a revoked
        activity."""
        return self._session.scalar(
            sa.select(Enrollment)
            .join(Enrollment.shift)
            .join(Enrollment.activity)
            .where(
                Enrollment.volunteer_id == volunteer_id,
                Enrollment.shift_id != shift.id,
                Enrollment.status.in_(set(statuses)),
                Activity.revoked_at.is_(None),
                _overlaps(shift),
            )
            .options(contains_eager(Enrollment.activity))
            .limit(1)
        )

    def busy_times(
        self, volunteer_id: str, statuses: Iterable[str], now: datetime
    ) -> Sequence[tuple[datetime, datetime]]:
        """From when to when the volunteer's enrollments last that are not over; not those of revoked activities."""
        statement = (
            sa.select(Shift.starts_at, Shift.ends_at)
            .select_from(Enrollment)
            .join(Enrollment.shift)
            .join(Enrollment.activity)
            .where(
                Enrollment.volunteer_id == volunteer_id,
                Enrollment.status.in_(set(statuses)),
                Activity.revoked_at.is_(None),
                Shift.ends_at > now,
            )
        )
        return [(starts_at, ends_at) for starts_at, ends_at in self._session.execute(statement)]

    def anybody_waits(self, shift_id: str) -> bool:
        """Whether there is a line."""
        waiting = sa.exists().where(Enrollment.shift_id == shift_id, Enrollment.status == EnrollmentStatus.WAITLISTED)
        return bool(self._session.scalar(sa.select(waiting)))

    def next_waiting_no(self, shift_id: str) -> int:
        """The number of who joins the line now; under the shift's lock."""
        highest = sa.select(sa.func.max(Enrollment.waiting_no)).where(Enrollment.shift_id == shift_id)
        return (self._session.scalar(highest) or 0) + 1

    def first_waiting(self, shift_id: str, count: int) -> Sequence[Enrollment]:
        """The first in line who may take part; under the shift's lock."""
        return self._session.scalars(
            sa.select(Enrollment)
            .join(VolunteerCopy, VolunteerCopy.id == Enrollment.volunteer_id)
            .where(
                Enrollment.shift_id == shift_id,
                Enrollment.status == EnrollmentStatus.WAITLISTED,
                VolunteerCopy.status == ACTIVE,
            )
            .order_by(Enrollment.waiting_no)
            .limit(count)
            .execution_options(populate_existing=True)
        ).all()

    def positions(self, enrollments: Iterable[Enrollment]) -> dict[str, int]:
        """How many stand in line up to and including each of those that wait."""
        ids = [e.id for e in enrollments if e.status == EnrollmentStatus.WAITLISTED]
        if not ids:
            return {}
        other = aliased(Enrollment)
        ahead = (
            sa.select(sa.func.count())
            .where(
                other.shift_id == Enrollment.shift_id,
                other.status == EnrollmentStatus.WAITLISTED,
                other.waiting_no <= Enrollment.waiting_no,
            )
            .scalar_subquery()
        )
        return dict(self._session.execute(sa.select(Enrollment.id, ahead).where(Enrollment.id.in_(ids))).all())

    def shifts_with_overdue_lines(self, now: datetime, limit: int) -> Sequence[str]:
        """Shifts where an offer has run out, or somebody still waits though it has begun."""
        offers = sa.select(Enrollment.shift_id).where(
            Enrollment.status == EnrollmentStatus.OFFERED, Enrollment.offer_expires_at <= now
        )
        lines = (
            sa.select(Enrollment.shift_id)
            .join(Shift, Shift.id == Enrollment.shift_id)
            .where(Enrollment.status == EnrollmentStatus.WAITLISTED, Shift.starts_at <= now)
        )
        return self._session.scalars(sa.union(offers, lines).limit(limit)).all()

    def overdue(self, shift: Shift, now: datetime) -> Sequence[Enrollment]:
        """The enrollments meant above, of one locked shift."""
        expired = sa.and_(Enrollment.status == EnrollmentStatus.OFFERED, Enrollment.offer_expires_at <= now)
        waits = Enrollment.status == EnrollmentStatus.WAITLISTED
        return self._session.scalars(
            sa.select(Enrollment)
            .where(Enrollment.shift_id == shift.id, sa.or_(expired, waits) if shift.starts_at <= now else expired)
            .order_by(Enrollment.waiting_no)
            .execution_options(populate_existing=True)
        ).all()

    def claiming(self, shift_ids: Iterable[str]) -> Sequence[Enrollment]:
        """Enrollments of these shifts that claim somebody's time, person by person; under the shifts' locks."""
        return self._session.scalars(
            sa.select(Enrollment)
            .where(Enrollment.shift_id.in_(set(shift_ids)), Enrollment.status.in_(CLAIMS_TIME))
            .order_by(Enrollment.volunteer_id, Enrollment.id)
            .execution_options(populate_existing=True)
        ).all()

    def clashes(self, enrollment_ids: Iterable[str]) -> dict[str, str]:
        """For each of these enrollments that overlaps with another of the same volunteer: the title of what that is."""
        other, here, there = aliased(Enrollment), aliased(Shift), aliased(Shift)
        statement = (
            sa.select(Enrollment.id, Activity.title)
            .join(here, here.id == Enrollment.shift_id)
            .join(other, sa.and_(other.volunteer_id == Enrollment.volunteer_id, other.id != Enrollment.id))
            .join(there, there.id == other.shift_id)
            .join(Activity, Activity.id == other.activity_id)
            .where(
                Enrollment.id.in_(set(enrollment_ids)),
                other.status.in_(CLAIMS_TIME),
                Activity.revoked_at.is_(None),
                there.starts_at < here.ends_at,
                here.starts_at < there.ends_at,
            )
            .ext(postgresql.distinct_on(Enrollment.id))
            .order_by(Enrollment.id, there.starts_at, other.id)
        )
        return dict(self._session.execute(statement).all())

    def open_of_activity(self, activity_id: str) -> Sequence[Enrollment]:
        """Every enrollment that anybody counts on; under the locks of all shifts."""
        return self._session.scalars(
            sa.select(Enrollment)
            .where(Enrollment.activity_id == activity_id, Enrollment.status.in_(OPEN))
            .order_by(Enrollment.id)
            .execution_options(populate_existing=True)
        ).all()

    def open_of_volunteer(self, volunteer_id: str, now: datetime) -> Sequence[Enrollment]:
        """A volunteer's enrollments for shifts that have not begun."""
        return self._session.scalars(
            sa.select(Enrollment)
            .join(Enrollment.shift)
            .where(Enrollment.volunteer_id == volunteer_id, Enrollment.status.in_(OPEN), Shift.starts_at > now)
            .order_by(Enrollment.id)
        ).all()

    def of_activity(self, activity_id: str, shift_id: str | None, status: str | None) -> sa.Select[Any, Any]:
        """(enrollment, volunteer) of an activity; the volunteer is None while identity's event has not arrived."""
        statement = (
            sa.select(Enrollment, VolunteerCopy)
            .outerjoin(VolunteerCopy, VolunteerCopy.id == Enrollment.volunteer_id)
            .join(Enrollment.shift)
            .where(Enrollment.activity_id == activity_id)
            .options(contains_eager(Enrollment.shift))
        )
        if shift_id is not None:
            statement = statement.where(Enrollment.shift_id == shift_id)
        return statement if status is None else statement.where(Enrollment.status == status)

    def of_volunteer(self, volunteer_id: str) -> sa.Select[Any]:
        """A volunteer's enrollments, each with its shift and activity."""
        return (
            sa.select(Enrollment)
            .join(Enrollment.shift)
            .join(Enrollment.activity)
            .where(Enrollment.volunteer_id == volunteer_id)
            .options(contains_eager(Enrollment.shift), contains_eager(Enrollment.activity))
        )

    def shortcomings(self, volunteer_id: str) -> tuple[int, int]:
        """How often a volunteer was absent, and how often withdrew late."""
        absent, late = (
            sa.func.count().filter(condition)
            for condition in (Enrollment.status == EnrollmentStatus.ABSENT, Enrollment.late)
        )
        counts = self._session.execute(sa.select(absent, late).where(Enrollment.volunteer_id == volunteer_id)).one()
        return counts[0], counts[1]

    def states(self) -> Iterable[Enrollment]:
        """Every enrollment, in a stream."""
        return self._session.scalars(sa.select(Enrollment).order_by(Enrollment.id).execution_options(yield_per=500))


def missing(now: datetime) -> sa.ColumnElement[bool]:
    """Was accepted, and neither signed in nor has hours though the shift is over; needs ``Enrollment.shift`` joined."""
    return sa.and_(
        Enrollment.status == EnrollmentStatus.ACCEPTED,
        Enrollment.signed_in_at.is_(None),
        Enrollment.minutes == 0,
        Shift.ends_at <= now,
    )


def _overlaps(span: Span) -> sa.ColumnElement[bool]:
    return sa.and_(Shift.starts_at < span.ends_at, Shift.ends_at > span.starts_at)
