"""One's own: the volunteer behind a request, and that volunteer's enrollments."""

from __future__ import annotations

from services.activity.domain.enrolling import ACTIVE
from services.activity.errors import EnrollmentNeedsActiveVolunteer
from services.activity.models import Enrollment, VolunteerCopy
from services.activity.repository import ActivityUnitOfWork
from services.chassis.errors import NotFound


def active_and_locked(uow: ActivityUnitOfWork, volunteer_id: str) -> VolunteerCopy:
    """The volunteer, if active; until this transaction ends, no other request decides on this person's time."""
    volunteer = uow.volunteers.lock([volunteer_id]).get(volunteer_id)
    if volunteer is None or volunteer.status != ACTIVE:
        raise EnrollmentNeedsActiveVolunteer()
    return volunteer


def own_enrollment(uow: ActivityUnitOfWork, enrollment_id: str, volunteer_id: str) -> Enrollment:
    """One of the volunteer's own; those of others are not there."""
    enrollment = uow.enrollments.find(enrollment_id)
    if enrollment is None or enrollment.volunteer_id != volunteer_id:
        raise NotFound(what="enrollment")
    return enrollment
