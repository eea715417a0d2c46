"""The copy of identity's volunteers, and who of them was invited."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from services.activity.domain.enrolling import ACTIVE
from services.activity.domain.places import region_prefix
from services.activity.domain.states import OPEN
from services.activity.models import Activity, Enrollment, Invitation, VolunteerCopy
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


class InvitationRepository:
    """Who was invited, and who could be."""

    def __init__(self, session: Session, organizations: Organizations) -> None:
        self._session = session
        self._organizations = organizations

    def add_once(self, invitation: dict[str, Any]) -> bool:
        """Save; False if the volunteer has been invited to this activity before."""
        statement = insert(Invitation).values(**invitation).on_conflict_do_nothing().returning(Invitation.id)
        return self._session.scalar(statement) is not None

    def own_volunteers(self, organization_id: str, volunteer_ids: Iterable[str]) -> dict[str, str]:
        """Id and status of those of ``volunteer_ids`` whose home is the organization or one below it."""
        statement = sa.select(VolunteerCopy.id, VolunteerCopy.status).where(
            VolunteerCopy.id.in_(set(volunteer_ids)),
            self._organizations.subtree(VolunteerCopy.organization_id, organization_id),
        )
        return dict(self._session.execute(statement).all())

    def enrolled(self, activity_id: str, volunteer_ids: Iterable[str]) -> set[str]:
        """Those of ``volunteer_ids`` who have an open enrollment already."""
        statement = sa.select(Enrollment.volunteer_id).where(
            Enrollment.activity_id == activity_id,
            Enrollment.volunteer_id.in_(set(volunteer_ids)),
            Enrollment.status.in_(OPEN),
        )
        return set(self._session.scalars(statement))

    def matching(self, activity: Activity, skills: Sequence[str], region: str | None, limit: int) -> Sequence[str]:
        """Own active volunteers with all the skills, living in the region, who were not invited or enrolled yet."""
        statement = (
            sa.select(VolunteerCopy.id)
            .where(
                self._organizations.subtree(VolunteerCopy.organization_id, activity.organization_id),
                VolunteerCopy.status == ACTIVE,
                VolunteerCopy.skills.contains(list(skills)),
                ~sa.exists().where(Invitation.activity_id == activity.id, Invitation.volunteer_id == VolunteerCopy.id),
                ~sa.exists().where(
                    Enrollment.activity_id == activity.id,
                    Enrollment.volunteer_id == VolunteerCopy.id,
                    Enrollment.status.in_(OPEN),
                ),
            )
            .order_by(VolunteerCopy.id)
            .limit(limit)
        )
        if region is not None:
            statement = statement.where(VolunteerCopy.region.startswith(region_prefix(region)))
        return self._session.scalars(statement).all()
