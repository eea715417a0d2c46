"""Calendars, by the digest of their address."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session, contains_eager

from services.activity.domain.states import EnrollmentStatus
from services.activity.models import CalendarToken, Enrollment, Shift

# Nobody takes part in so many; a calendar that is full still opens on a phone.
_MOST = 1000


class CalendarRepository:
    """Calendars, by the digest of their address."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def save(self, volunteer_id: str, token: str, now: datetime) -> None:
        """The volunteer's only token from now on."""
        values = {"token_hash": _digest(token), "created_at": now}
        statement = insert(CalendarToken).values(volunteer_id=volunteer_id, **values)
        self._session.execute(statement.on_conflict_do_update(index_elements=["volunteer_id"], set_=values))

    def remove(self, volunteer_id: str) -> bool:
        """False if there was none."""
        statement = sa.delete(CalendarToken).where(CalendarToken.volunteer_id == volunteer_id)
        return self._session.scalar(statement.returning(CalendarToken.volunteer_id)) is not None

    def volunteer_of(self, token: str) -> str | None:
        """Whose calendar it is."""
        return self._session.scalar(
            sa.select(CalendarToken.volunteer_id).where(CalendarToken.token_hash == _digest(token))
        )

    def enrollments(self, volunteer_id: str, since: datetime) -> Sequence[Enrollment]:
        """A volunteer's enrollments but those that wait, for shifts that end after ``since``, by their start."""
        return self._session.scalars(
            sa.select(Enrollment)
            .join(Enrollment.shift)
            .join(Enrollment.activity)
            .where(
                Enrollment.volunteer_id == volunteer_id,
                Enrollment.status != EnrollmentStatus.WAITLISTED,
                Shift.ends_at > since,
            )
            .order_by(Shift.starts_at.desc(), Enrollment.id.desc())
            .limit(_MOST)
            .options(contains_eager(Enrollment.shift), contains_eager(Enrollment.activity))
        ).all()[::-1]


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()  # 32 random bytes need no slow hash
