"""Applications, by who asks and by what is to be done."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import lazyload

from services.card.domain import OPEN, Status
from services.card.models import APPLICATION_SERIAL, CardApplication, StatusEntry, VolunteerCopy
from services.chassis.unit_of_work import UnitOfWork


class ApplicationRepository:
    """Applications, by who asks and by what is to be done."""

    def __init__(self, uow: UnitOfWork) -> None:
        self._uow = uow

    def next_serial(self) -> int:
        """The serial for the next application number; gaps are harmless."""
        return int(self._uow.session.execute(sa.select(APPLICATION_SERIAL.next_value())).scalar_one())

    def locked(self, application_id: str) -> CardApplication | None:
        """One application, locked."""
        statement = (
            sa.select(CardApplication).where(CardApplication.id == application_id).with_for_update(of=CardApplication)
        )
        return self._uow.session.scalar(statement)

    def get(self, application_id: str) -> CardApplication:
        """One that is known to exist."""
        return self._uow.session.get_one(CardApplication, application_id)

    def locked_by_number(self, application_no: str) -> CardApplication | None:
        """The application with this number, locked."""
        statement = (
            sa.select(CardApplication)
            .where(CardApplication.application_no == application_no)
            .with_for_update(of=CardApplication)
        )
        return self._uow.session.scalar(statement)

    def open_of(self, volunteer_id: str) -> CardApplication | None:
        """The one application of a volunteer that has not ended."""
        statement = sa.select(CardApplication).where(
            CardApplication.volunteer_id == volunteer_id, CardApplication.status.in_(OPEN)
        )
        return self._uow.session.scalar(statement)

    def latest_of(self, volunteer_id: str) -> CardApplication | None:
        """A volunteer's last application, however it ended."""
        statement = self.of_volunteer(volunteer_id).order_by(
            CardApplication.submitted_at.desc(), CardApplication.id.desc()
        )
        return self._uow.session.scalar(statement.limit(1))

    def card_of(self, volunteer_id: str) -> CardApplication | None:
        """The application that brought a volunteer the card they have, the newest of several."""
        statement = (
            self.of_volunteer(volunteer_id)
            .where(CardApplication.status == Status.ACTIVATED)
            .order_by(CardApplication.moved_at.desc(), CardApplication.id.desc())
        )
        return self._uow.session.scalar(statement.limit(1))

    def of_volunteer(self, volunteer_id: str) -> sa.Select[Any]:
        """All applications of a volunteer."""
        return sa.select(CardApplication).where(CardApplication.volunteer_id == volunteer_id)

    def claimable(self, application_id: str, now: datetime) -> CardApplication | None:
        """An application that is due to be sealed, locked; None if it has ended, or somebody is at it."""
        statement = (
            sa.select(CardApplication)
            .where(
                CardApplication.id == application_id,
                CardApplication.status == Status.SUBMITTED,
                CardApplication.next_attempt_at <= now,
            )
            .with_for_update(of=CardApplication, skip_locked=True)
        )
        return self._uow.session.scalar(statement)

    def due(self, now: datetime, limit: int) -> Sequence[str]:
        """Ids of applications that wait to be sealed, the oldest first."""
        statement = (
            sa.select(CardApplication.id)
            .where(CardApplication.status == Status.SUBMITTED, CardApplication.next_attempt_at <= now)
            .order_by(CardApplication.next_attempt_at)
            .limit(limit)
        )
        return self._uow.session.scalars(statement).all()

    def listed(self) -> sa.Select[Any]:
        """All applications with their branches, without consents and steps: for lists."""
        return sa.select(CardApplication).options(lazyload(CardApplication.consent), lazyload(CardApplication.history))

    def take_to_look_at(self, now: datetime, limit: int) -> Sequence[CardApplication]:
        """Applications that may lie too long, locked; what somebody is moving at this moment is left to them."""
        statement = (
            sa.select(CardApplication)
            .where(CardApplication.look_at <= now)
            .order_by(CardApplication.look_at, CardApplication.id)
            .limit(limit)
            .with_for_update(of=CardApplication, skip_locked=True)
        )
        return self._uow.session.scalars(statement).all()

    def blank(self, volunteer_id: str) -> None:
        """Forget what an erased volunteer's applications say of the person."""
        self._uow.session.execute(
            sa.update(CardApplication)
            .where(CardApplication.volunteer_id == volunteer_id)
            .values(address_sealed=None, guardian_sealed=None, clothing_size=None, reason=None)
        )
        own = sa.select(CardApplication.id).where(CardApplication.volunteer_id == volunteer_id)
        self._uow.session.execute(sa.update(StatusEntry).where(StatusEntry.application_id.in_(own)).values(reason=None))

    def states(self) -> Iterator[tuple[CardApplication, str | None]]:
        """Every application with its applicant's home organization."""
        statement = (
            sa.select(CardApplication, VolunteerCopy.organization_id)
            .outerjoin(VolunteerCopy, VolunteerCopy.id == CardApplication.volunteer_id)
            .order_by(CardApplication.id)
            .execution_options(yield_per=500)
        )
        return iter(self._uow.session.execute(statement))
