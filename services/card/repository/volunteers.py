"""The copy of identity's volunteers."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

import sqlalchemy as sa

from services.card.models import VolunteerCopy
from services.chassis.copies import save_if_newer
from services.chassis.unit_of_work import UnitOfWork


class VolunteerRepository:
    """The copy of identity's volunteers."""

    def __init__(self, uow: UnitOfWork) -> None:
        self._uow = uow

    def save(self, volunteer: dict[str, Any]) -> None:
        """Take over what an event says, unless a newer one has been here."""
        save_if_newer(self._uow.session, VolunteerCopy, volunteer)

    def find(self, volunteer_id: str) -> VolunteerCopy | None:
        """One volunteer, or None while the event has not arrived."""
        return self._uow.session.get(VolunteerCopy, volunteer_id)

    def locked(self, volunteer_id: str) -> VolunteerCopy | None:
        """As :meth:`find`, locked."""
        return self._uow.session.get(VolunteerCopy, volunteer_id, with_for_update=True)

    def locked_in_order(self, volunteer_ids: Collection[str]) -> Sequence[VolunteerCopy]:
        """These, locked; whoever locks several does it in the same order."""
        statement = (
            sa.select(VolunteerCopy)
            .where(VolunteerCopy.id.in_(volunteer_ids))
            .order_by(VolunteerCopy.id)
            .with_for_update()
        )
        return self._uow.session.scalars(statement).all()

    def within(self, volunteer_ids: Collection[str], in_subtree: sa.ColumnElement[bool]) -> Sequence[VolunteerCopy]:
        """Which of these belong to that subtree."""
        statement = sa.select(VolunteerCopy).where(VolunteerCopy.id.in_(volunteer_ids), in_subtree)
        return self._uow.session.scalars(statement).all()
