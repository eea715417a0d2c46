"""Events in: what activity knows of organizations and volunteers."""

from __future__ import annotations

from services.activity.models import VolunteerCopy
from services.activity.repository import ActivityUnitOfWork
from services.activity.use_cases.enrolling import withdraw_all
from services.chassis.copies import save_if_newer
from services.chassis.events import Received
from services.chassis.forgetting import forget_traces
from services.identity.events import VolunteerChanged, VolunteerErased


def copy_volunteer(event: Received[VolunteerChanged], uow: ActivityUnitOfWork) -> None:
    """Keep what enrolling asks of a volunteer."""
    volunteer = event.data
    newer = save_if_newer(
        uow.session,
        VolunteerCopy,
        {
            "id": volunteer.volunteer_id,
            "volunteer_no": volunteer.volunteer_no,
            "name": volunteer.name,
            "status": volunteer.status,
            "birth_date": volunteer.birth_date,
            "accompanied_until": volunteer.accompanied_until,
            "region": volunteer.region,
            "organization_id": volunteer.organization_id,
            "skills": volunteer.skills,
            "version": event.aggregate_version,
        },
    )
    if event.restated and not newer:
        uow.volunteers.correct(volunteer.volunteer_id, event.aggregate_version, volunteer.accompanied_until)


def erase_volunteer(event: Received[VolunteerErased], uow: ActivityUnitOfWork) -> None:
    """Forget the person, and give back the places that are still ahead. The enrollments of the past stay, nameless.

    Their rows hold nothing but the volunteer's id, which means nothing once identity has forgotten it, too.
    """
    uow.volunteers.lock([event.data.volunteer_id])
    uow.volunteers.blank(event.data.volunteer_id, event.aggregate_version)
    withdraw_all(uow, event.data.volunteer_id)
    uow.enrollments.erase(event.data.volunteer_id)
    uow.calendars.remove(event.data.volunteer_id)
    forget_traces(uow.session, event.data.account_id, event.data.volunteer_id)
