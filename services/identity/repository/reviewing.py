"""Queries about registrations on their way: checks that wait, and the steps so far."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from services.identity.models import RealnameCheck, ReviewStep

if TYPE_CHECKING:
    from services.identity.repository import IdentityUnitOfWork


class ReviewingRepository:
    """Real-name checks and review steps."""

    def __init__(self, uow: IdentityUnitOfWork) -> None:
        self._uow = uow

    def begin_check(self, volunteer_id: str, now: datetime, next_attempt_at: datetime) -> None:
        """Let a volunteer wait for the check; one who waits already begins anew, with other particulars."""
        fresh = {"attempts": 1, "requested_at": now, "next_attempt_at": next_attempt_at}
        self._uow.session.execute(
            insert(RealnameCheck)
            .values(volunteer_id=volunteer_id, **fresh)
            .on_conflict_do_update(index_elements=[RealnameCheck.volunteer_id], set_=fresh)
        )

    def end_check(self, volunteer_id: str) -> None:
        """The volunteer waits no longer."""
        self._uow.session.execute(sa.delete(RealnameCheck).where(RealnameCheck.volunteer_id == volunteer_id))

    def take_due(self, now: datetime) -> RealnameCheck | None:
        """The check that has been due for longest, locked; those that others are at are passed over."""
        return self._uow.session.scalar(
            sa.select(RealnameCheck)
            .where(RealnameCheck.next_attempt_at <= now)
            .order_by(RealnameCheck.next_attempt_at)
            .limit(1)
            .with_for_update(skip_locked=True)
        )

    def waiting(self) -> int:
        """How many wait for the check."""
        return self._uow.session.scalar(sa.select(sa.func.count()).select_from(RealnameCheck)) or 0

    def steps_of(self, volunteer_id: str) -> Sequence[ReviewStep]:
        """Every step of a volunteer's registration, the oldest first."""
        return self._uow.session.scalars(
            sa.select(ReviewStep).where(ReviewStep.volunteer_id == volunteer_id).order_by(ReviewStep.id)
        ).all()

    def forget(self, volunteer_id: str) -> None:
        """End the check, and blank what was written about an erased volunteer; the steps still count."""
        self.end_check(volunteer_id)
        self._uow.session.execute(
            sa.update(ReviewStep).where(ReviewStep.volunteer_id == volunteer_id).values(reason=None)
        )
