"""Walk-ins: who just comes can take part, if a place is free or the organizer makes one (docs/adr/0029-walk-ins.md)."""

from __future__ import annotations

from typing import Any

from services.activity import metrics
from services.activity.commands import AdmitWalkIn
from services.activity.domain.states import ActivityStatus, EnrollmentStatus, Source, change_enrollment, lets_in
from services.activity.errors import (
    AlreadyEnrolled,
    EnrollmentClosed,
    EnrollmentNeedsActiveVolunteer,
    ShiftFull,
    VolunteerBusy,
    WalkInOutsideShift,
)
from services.activity.models import Activity, Enrollment, Shift, VolunteerCopy
from services.activity.repository import ActivityUnitOfWork
from services.activity.use_cases import telling, views
from services.activity.use_cases.access import looked_after
from services.activity.use_cases.enrolling import locked_again
from services.activity.use_cases.own import active_and_locked
from services.activity.use_cases.qualifying import companion, require_requirements
from services.chassis.errors import NotFound
from services.chassis.ids import new_id

_NOT_YET_IN = frozenset({EnrollmentStatus.APPLIED, EnrollmentStatus.WAITLISTED, EnrollmentStatus.OFFERED})


def admit_walk_in(command: AdmitWalkIn, uow: ActivityUnitOfWork) -> dict[str, Any]:
    """Give a place to who stands there, whether they had asked for one before or not.

    A place of somebody who was accepted and has not come is still theirs, and those who wait come first while the line
    lasts: beyond that ``over_capacity`` says that the organizer wants it so, and the audit log that it was said.
    """
    activity = looked_after(uow, command.activity_id)
    volunteer = active_and_locked(uow, _volunteer_id(command, uow))
    shift = uow.shifts.find(command.shift_id)
    if shift is None or shift.activity_id != activity.id or activity.status == ActivityStatus.DRAFT:
        raise NotFound(what="shift")
    require_requirements(uow, activity, shift, volunteer)
    accompanied_by = companion(command.accompanied_by, volunteer, shift)
    shift = locked_again(uow, activity, shift)
    _require_time(uow, activity, shift, volunteer)
    enrollment = uow.enrollments.present(shift.id, volunteer.id)
    if enrollment is not None and enrollment.status not in _NOT_YET_IN:
        raise AlreadyEnrolled(enrollment_id=enrollment.id, status=enrollment.status)
    beyond = not _has_place(uow, shift, enrollment)
    if beyond and not command.over_capacity:
        raise ShiftFull(capacity=shift.capacity)
    enrollment = _accepted(uow, activity, shift, volunteer, enrollment)
    if accompanied_by is not None:
        enrollment.accompanied_by_sealed = views.sealed_companion(uow, enrollment.id, accompanied_by)
    telling.tell(uow, enrollment, activity, shift)
    uow.audit(
        "enrollment.walk_in",
        f"enrollment:{enrollment.id}",
        activity_id=activity.id,
        shift_id=shift.id,
        over_capacity=beyond,
    )
    metrics.WALK_INS.labels("beyond" if beyond else "free").inc()
    return views.enrollments_of_volunteers(uow, [(enrollment, volunteer)])[0]


def _volunteer_id(command: AdmitWalkIn, uow: ActivityUnitOfWork) -> str:
    """Whom the organizer means. A number that is nobody's and one of somebody inactive look the same."""
    if command.volunteer_id is not None:
        return command.volunteer_id
    found = uow.volunteers.id_of(command.volunteer_no or "")
    if found is None:
        raise EnrollmentNeedsActiveVolunteer()
    return found


def _require_time(uow: ActivityUnitOfWork, activity: Activity, shift: Shift, volunteer: VolunteerCopy) -> None:
    if activity.status == ActivityStatus.REVOKED:
        raise EnrollmentClosed(why="revoked")
    if not lets_in(uow.clock.now(), uow.settings.walk_in_minutes, shift):
        raise WalkInOutsideShift(minutes=uow.settings.walk_in_minutes)
    # What was only asked for elsewhere is no obstacle: the volunteer is here, and will not be accepted there.
    if uow.enrollments.overlapping(volunteer.id, shift, {EnrollmentStatus.ACCEPTED}) is not None:
        raise VolunteerBusy()


def _has_place(uow: ActivityUnitOfWork, shift: Shift, enrollment: Enrollment | None) -> bool:
    """Whether a place is kept for this volunteer, or free and nobody waits for it; the line ends with the start."""
    if enrollment is not None and enrollment.status == EnrollmentStatus.OFFERED:
        return True
    if uow.clock.now() < shift.starts_at and uow.enrollments.anybody_waits(shift.id):
        return False
    return uow.shifts.taken(shift.id) < shift.capacity


def _accepted(
    uow: ActivityUnitOfWork, activity: Activity, shift: Shift, volunteer: VolunteerCopy, enrollment: Enrollment | None
) -> Enrollment:
    now = uow.clock.now()
    if enrollment is None:
        enrollment = Enrollment(
            id=new_id(),
            activity_id=activity.id,
            shift_id=shift.id,
            volunteer_id=volunteer.id,
            status=EnrollmentStatus.ACCEPTED,
            source=Source.WALK_IN,
            created_at=now,
            decided_at=now,
            version=1,
        )
        uow.session.add(enrollment)
        return enrollment
    enrollment.status = change_enrollment(enrollment.status, EnrollmentStatus.ACCEPTED)
    enrollment.source, enrollment.decided_at = Source.WALK_IN, now
    enrollment.version += 1
    return enrollment
