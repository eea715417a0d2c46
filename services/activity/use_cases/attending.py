"""Who came and who did not: an organizer's word, which recorded hours refute.

Attendance tells who signed in and what counts; so organizers are shown who has neither (``missing`` of the list of
enrollments), and decide. An absence is counted where the volunteer sees it, and punishes nobody by itself.
"""

from __future__ import annotations

from typing import Any

from services.activity.commands import RecordAbsence, RevokeAbsence
from services.activity.domain.roles import ANY_ROLE
from services.activity.domain.states import ActivityStatus, EnrollmentStatus, change_enrollment
from services.activity.errors import EnrollmentClosed, ShiftNotOver, VolunteerHasHours
from services.activity.models import Enrollment
from services.activity.repository import ActivityUnitOfWork
from services.activity.use_cases import telling, views
from services.activity.use_cases.access import looked_after
from services.attendance.events import HoursRecorded, SignedIn
from services.chassis.errors import NotFound
from services.chassis.events import Received


def record_absence(command: RecordAbsence, uow: ActivityUnitOfWork) -> dict[str, Any]:
    """Say that somebody who was accepted did not come; they are told, and can object to the organizer."""
    enrollment = _locked(uow, command.enrollment_id)
    change_enrollment(enrollment.status, EnrollmentStatus.ABSENT)
    if enrollment.activity.status == ActivityStatus.REVOKED:
        raise EnrollmentClosed(why="revoked")
    if uow.clock.now() < enrollment.shift.ends_at:
        raise ShiftNotOver()
    if enrollment.minutes > 0:
        raise VolunteerHasHours(minutes=enrollment.minutes)
    telling.move(uow, enrollment, EnrollmentStatus.ABSENT, enrollment.activity, enrollment.shift)
    uow.audit("enrollment.absent", f"enrollment:{enrollment.id}", activity_id=enrollment.activity_id)
    return views.enrollment(uow, enrollment)


def revoke_absence(command: RevokeAbsence, uow: ActivityUnitOfWork) -> dict[str, Any]:
    """Take it back: the volunteer was there."""
    enrollment = _locked(uow, command.enrollment_id)
    _was_there(uow, enrollment, "enrollment.absence_revoked")
    return views.enrollment(uow, enrollment)


def _locked(uow: ActivityUnitOfWork, enrollment_id: str) -> Enrollment:
    enrollment = uow.enrollments.find(enrollment_id)
    if enrollment is None or not uow.organizations.reaches(enrollment.activity.organization_id, *ANY_ROLE):
        raise NotFound(what="enrollment")
    looked_after(uow, enrollment.activity_id)
    uow.volunteers.lock([enrollment.volunteer_id])
    uow.shifts.lock([enrollment.shift_id])
    uow.activities.refresh_state(enrollment.activity)
    uow.enrollments.refresh(enrollment)
    return enrollment


def _was_there(uow: ActivityUnitOfWork, enrollment: Enrollment, action: str) -> None:
    telling.advance(enrollment, EnrollmentStatus.ACCEPTED)
    enrollment.changed_at = uow.clock.now()
    # No news of a place: only the copies have to know.
    uow.publish(telling.enrollment_state(enrollment), version=enrollment.version)
    uow.audit(action, f"enrollment:{enrollment.id}", activity_id=enrollment.activity_id)


def note_sign_in(event: Received[SignedIn], uow: ActivityUnitOfWork) -> None:
    """Remember when somebody signed in first."""
    enrollment = _attended(uow, event.data.volunteer_id, event.data.shift_id)
    if enrollment is not None:
        enrollment.signed_in_at = min(enrollment.signed_in_at or event.data.at, event.data.at)


def note_hours(event: Received[HoursRecorded], uow: ActivityUnitOfWork) -> None:
    """Add the minutes, or take back what was reversed. Hours that come later refute an absence.

    A sum is the same in whatever order its parts come, and the inbox lets none come twice; what is only told again is
    in it already.
    """
    told = event.data
    if event.restated or told.shift_id is None:
        return
    enrollment = _attended(uow, told.volunteer_id, told.shift_id)
    if enrollment is None:
        return
    enrollment.minutes += told.minutes
    if enrollment.status == EnrollmentStatus.ABSENT and enrollment.minutes > 0:
        uow.shifts.lock([enrollment.shift_id])
        _was_there(uow, enrollment, "enrollment.absence_refuted")


def _attended(uow: ActivityUnitOfWork, volunteer_id: str, shift_id: str) -> Enrollment | None:
    """The volunteer's enrollment for the shift, under the lock of the volunteer."""
    uow.volunteers.lock([volunteer_id])
    return uow.enrollments.present(shift_id, volunteer_id)
