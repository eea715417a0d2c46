"""The copy of identity's volunteers, and who is on a group's list."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

import sqlalchemy as sa

from services.card.models import GroupMember, VolunteerCopy
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

    def active_members(self, volunteer_ids: Collection[str], in_subtree: sa.ColumnElement[bool]) -> Sequence[str]:
        """Which of these are active volunteers of that subtree."""
        statement = sa.select(VolunteerCopy.id).where(
            VolunteerCopy.id.in_(volunteer_ids), VolunteerCopy.status == "active", in_subtree
        )
        return self._uow.session.scalars(statement).all()

    def add_members(self, group_id: str, volunteer_ids: Collection[str]) -> None:
        """Write down who is on a group's list."""
        rows = [{"group_id": group_id, "volunteer_id": volunteer_id} for volunteer_id in volunteer_ids]
        self._uow.session.execute(sa.insert(GroupMember), rows)
