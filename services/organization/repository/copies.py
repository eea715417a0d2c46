"""What other services own and organization needs: fed by events, in whichever order they come."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from services.chassis.copies import save_if_newer
from services.organization.models import Applicant, CardApplication, PublishedActivity, RecordDuty, Volunteer

if TYPE_CHECKING:
    from services.organization.repository import OrganizationUnitOfWork


class CopyRepository:
    """What others own."""

    def __init__(self, uow: OrganizationUnitOfWork) -> None:
        self._uow = uow

    def save_applicant(self, **values: Any) -> bool:
        """Take over what was handed in, unless something newer was."""
        return save_if_newer(self._uow.session, Applicant, values)

    def save_volunteer(self, **values: Any) -> bool:
        """Take over a volunteer's present state, unless a newer one is here."""
        self._uow.counters.touch_volunteer(values["id"])
        return save_if_newer(self._uow.session, Volunteer, values)

    def save_card(self, **values: Any) -> bool:
        """Take over a card application's status, unless a newer one is here."""
        self._uow.counters.touch_volunteer(values["volunteer_id"])
        return save_if_newer(self._uow.session, CardApplication, values)

    def save_activity(self, *, id: str, organization_id: str, **moment: Any) -> None:
        """Note when an activity was published, or revoked; each happens once, so the order does not matter."""
        self._uow.counters.touch_organization(organization_id)
        statement = insert(PublishedActivity).values(id=id, organization_id=organization_id, **moment)
        self._uow.session.execute(statement.on_conflict_do_update(index_elements=["id"], set_=moment))

    def save_record_duty(self, **values: Any) -> bool:
        """Take over whether an activity's hours were recorded in time, unless something newer is here."""
        self._uow.counters.touch_organization(values["organization_id"])
        return save_if_newer(self._uow.session, RecordDuty, values)

    def volunteer(self, volunteer_id: str) -> Volunteer | None:
        """A volunteer, or None while their event has not arrived."""
        return self._uow.session.get(Volunteer, volunteer_id)

    def lock_person(self, volunteer_id: str) -> None:
        """Until the end of the transaction nobody else takes over what identity tells of this volunteer: their
        particulars and their state come as two events, of which neither may miss the other."""
        lock = sa.func.pg_advisory_xact_lock(sa.func.hashtextextended(f"volunteer:{volunteer_id}", 0))
        self._uow.session.execute(sa.select(lock))

    def was_rejected_since(self, volunteer_id: str) -> bool:
        """Whether the volunteer is rejected now, by a later change than the one that handed the particulars in."""
        handed_in = sa.select(Applicant.version).where(Applicant.volunteer_id == volunteer_id).scalar_subquery()
        rejected = sa.exists().where(
            Volunteer.id == volunteer_id,
            Volunteer.status == "rejected",
            Volunteer.version > sa.func.coalesce(handed_in, 0),
        )
        return bool(self._uow.session.scalar(sa.select(rejected)))

    def name_of_account(self, account_id: str) -> str | None:
        """The name of the volunteer whose account it is."""
        return self._uow.session.scalar(sa.select(Volunteer.name).where(Volunteer.account_id == account_id))

    def volunteer_by_number(self, volunteer_no: str) -> Volunteer | None:
        """An active volunteer by number."""
        return self._uow.session.scalar(
            sa.select(Volunteer).where(Volunteer.volunteer_no == volunteer_no, Volunteer.status == "active")
        )
