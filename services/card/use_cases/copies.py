"""What card copies of others: the tree, and who the volunteers are now."""

from __future__ import annotations

from services.card.repository import CardUnitOfWork
from services.card.use_cases.withdrawing import forget_applicant
from services.chassis.events import Received
from services.chassis.forgetting import forget_traces
from services.identity.events import VolunteerChanged, VolunteerErased


def copy_volunteer(event: Received[VolunteerChanged], uow: CardUnitOfWork) -> None:
    """A volunteer has changed."""
    told = event.data
    uow.volunteers.save(
        {
            "id": told.volunteer_id,
            "status": told.status,
            "birth_date": told.birth_date,
            "clothing_size": told.clothing_size,
            "organization_id": told.organization_id,
            "version": event.aggregate_version,
        }
    )


def erase_volunteer(event: Received[VolunteerErased], uow: CardUnitOfWork) -> None:
    """A volunteer asked to be forgotten. What comes late of the time before is older than this."""
    uow.volunteers.save(
        {
            "id": event.data.volunteer_id,
            "status": "erased",
            "birth_date": None,
            "clothing_size": None,
            "organization_id": None,
            "version": event.aggregate_version,
        }
    )
    forget_applicant(event.data.volunteer_id, uow)
    forget_traces(uow.session, event.data.account_id, event.data.volunteer_id)
