"""The copy of identity's volunteers, and who of them was invited."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from services.activity.models import VolunteerCopy
from services.chassis.organizations import Organizations


class VolunteerRepository:
    """The copy of identity's volunteers."""

    def __init__(self, session: Session, organizations: Organizations) -> None:
        self._session = session
        self._organizations = organizations

    def lock(self, volunteer_ids: Iterable[str]) -> dict[str, VolunteerCopy]:
        """These volunteers, locked in the order of their ids: one person's enrollments are decided one at a time."""
        statement = sa.select(VolunteerCopy).where(VolunteerCopy.id.in_(set(volunteer_ids))).order_by(VolunteerCopy.id)
        locked = self._session.scalars(
            statement.with_for_update(key_share=True).execution_options(populate_existing=True)
        )
        return {volunteer.id: volunteer for volunteer in locked}

    def find(self, volunteer_id: str) -> VolunteerCopy | None:
        """One volunteer."""
        return self._session.get(VolunteerCopy, volunteer_id)

    def id_of(self, volunteer_no: str) -> str | None:
        """Whose number it is."""
        return self._session.scalar(sa.select(VolunteerCopy.id).where(VolunteerCopy.volunteer_no == volunteer_no))

    def correct(self, volunteer_id: str, version: int, accompanied_until: date | None) -> None:
        """Take over what follows from a rule of identity's, which can change while the volunteer does not."""
        self._session.execute(
            sa.update(VolunteerCopy)
            .where(VolunteerCopy.id == volunteer_id, VolunteerCopy.version == version)
            .values(accompanied_until=accompanied_until)
        )

    def is_member(self, volunteer: VolunteerCopy, organization_id: str) -> bool:
        """Whether the volunteer's home is the organization or one below it."""
        home = sa.literal(volunteer.organization_id, sa.Uuid(as_uuid=False))
        return bool(self._session.scalar(sa.select(self._organizations.subtree(home, organization_id))))

    def blank(self, volunteer_id: str, version: int) -> None:
        """Forget who somebody was (PIPL 47), and remember that, should older news of the person still be on its way."""
        blank: dict[str, Any] = {
            "name": "", "volunteer_no": "", "birth_date": None, "accompanied_until": None, "skills": [],
            "status": "erased",
        }  # fmt: skip
        statement = insert(VolunteerCopy).values(id=volunteer_id, region="", version=version, **blank)
        self._session.execute(
            statement.on_conflict_do_update(
                index_elements=["id"],
                set_={**blank, "version": sa.func.greatest(VolunteerCopy.version, statement.excluded.version)},
            )
        )
