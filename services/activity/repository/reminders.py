"""Who is to be reminded now, and who has been."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session, contains_eager

from services.activity.domain.reminding import Lead
from services.activity.domain.states import ActivityStatus, EnrollmentStatus
from services.activity.models import Activity, Enrollment, Reminder, Shift


class ReminderRepository:
    """Who is to be reminded now, and who has been."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def claim(self, lead: Lead, now: datetime, limit: int) -> Sequence[Enrollment]:
        """Enrollments that are due, each with its shift and activity, and no one else's from here on.

        Whoever was accepted after the reminder was due has just read the time and place.
        """
        first, last = lead.starts_due(now)
        accepted_at = sa.func.coalesce(Enrollment.decided_at, Enrollment.created_at)
        reminded = sa.exists().where(
            Reminder.enrollment_id == Enrollment.id,
            Reminder.hours == lead.hours,
            Reminder.starts_at == Shift.starts_at,
        )
        due = (
            sa.select(Enrollment.id, sa.literal(lead.hours), Shift.starts_at, sa.literal(now))
            .join(Enrollment.shift)
            .join(Enrollment.activity)
            .where(
                Shift.starts_at > first,
                Shift.starts_at <= last,
                Activity.status == ActivityStatus.PUBLISHED,
                Enrollment.status == EnrollmentStatus.ACCEPTED,
                accepted_at <= Shift.starts_at - lead.before,
                ~reminded,
            )
            .order_by(Shift.starts_at, Enrollment.id)  # two replicas meet at the same row, and one goes round it
            .limit(limit)
        )
        claimed = (
            insert(Reminder)
            .from_select(["enrollment_id", "hours", "starts_at", "reminded_at"], due)
            .on_conflict_do_nothing()
            .returning(Reminder.enrollment_id)
        )
        ids = self._session.scalars(claimed).all()
        return self._session.scalars(
            sa.select(Enrollment)
            .join(Enrollment.shift)
            .join(Enrollment.activity)
            .where(Enrollment.id.in_(ids))
            .order_by(Shift.starts_at, Enrollment.id)
            .options(contains_eager(Enrollment.shift), contains_eager(Enrollment.activity))
        ).all()

    def forget(self, before: datetime) -> None:
        """Drop what nobody asks for any more: of shifts that began before that moment."""
        self._session.execute(sa.delete(Reminder).where(Reminder.starts_at < before))
