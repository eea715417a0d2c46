"""Enrolling and withdrawing.

Never overbooked: places are counted, and one is given, under the lock of the one shift. Never double-booked: all of one
person's enrollments go through the lock of that person's row. Everything that needs no lock is checked before the
shift's, which is the one that many wait for.
"""

from __future__ import annotations

from typing import Any

from services.activity import metrics
from services.activity.commands import Enroll, WithdrawEnrollment
from services.activity.domain.enrolling import closes_at
from services.activity.domain.states import (
    HOLDS_A_PLACE,
    OPEN,
    ActivityStatus,
    Approval,
    EnrollmentStatus,
    change_enrollment,
    is_late,
)
from services.activity.errors import (
    AlreadyEnrolled,
    EnrollmentClosed,
    OverlappingShift,
    ShiftStarted,
)
from services.activity.models import Activity, Enrollment, Shift, VolunteerCopy
from services.activity.repository import ActivityUnitOfWork
from services.activity.use_cases import telling, views
from services.activity.use_cases.access import visible
from services.activity.use_cases.own import active_and_locked, own_enrollment
from services.activity.use_cases.qualifying import companion, require_requirements
from services.activity.use_cases.waiting_list import offer_free_places
from services.chassis.errors import NotFound
from services.chassis.ids import new_id


def enroll(command: Enroll, uow: ActivityUnitOfWork) -> dict[str, Any]:
    """Ask for a place: accepted, or in line, at once if the activity is instant; else an organizer decides."""
    volunteer = active_and_locked(uow, uow.caller.require_volunteer())
    activity = visible(uow, command.activity_id)
    shift = uow.shifts.find(command.shift_id)
    if shift is None or shift.activity_id != activity.id or activity.status == ActivityStatus.DRAFT:
        raise NotFound(what="shift")
    _require_open(uow, activity, shift)
    require_requirements(uow, activity, shift, volunteer)
    accompanied_by = companion(command.accompanied_by, volunteer, shift)
    _require_free_time(uow, shift, volunteer)
    shift = locked_again(uow, activity, shift)
    _require_open(uow, activity, shift)
    enrollment_id = new_id()
    enrollment = Enrollment(
        id=enrollment_id,
        activity_id=activity.id,
        shift_id=shift.id,
        volunteer_id=volunteer.id,
        status=_first_status(uow, activity, shift),
        accompanied_by_sealed=views.sealed_companion(uow, enrollment_id, accompanied_by),
        created_at=uow.clock.now(),
        version=1,
    )
    if enrollment.status == EnrollmentStatus.WAITLISTED:
        enrollment.waiting_no = uow.enrollments.next_waiting_no(shift.id)
    uow.session.add(enrollment)
    telling.tell(uow, enrollment, activity, shift)
    return views.enrollment(uow, enrollment)


def locked_again(uow: ActivityUnitOfWork, activity: Activity, shift: Shift) -> Shift:
    """The shift of which others may have taken places meanwhile, as it stays from here on; and its activity."""
    locked = uow.shifts.lock([shift.id]).get(shift.id)
    if locked is None:  # removed by an edit meanwhile
        raise NotFound(what="shift")
    uow.activities.refresh_state(activity)
    return locked


def _require_open(uow: ActivityUnitOfWork, activity: Activity, shift: Shift) -> None:
    if activity.status == ActivityStatus.REVOKED:
        raise EnrollmentClosed(why="revoked")
    if uow.clock.now() >= closes_at(activity.enroll_by, shift):
        raise EnrollmentClosed(why="over")


def _require_free_time(uow: ActivityUnitOfWork, shift: Shift, volunteer: VolunteerCopy) -> None:
    present = uow.enrollments.present(shift.id, volunteer.id)
    if present is not None:
        raise AlreadyEnrolled(enrollment_id=present.id, status=present.status)
    other = uow.enrollments.overlapping(volunteer.id, shift)
    if other is not None:
        raise OverlappingShift(title=other.activity.title, enrollment_id=other.id)


def _first_status(uow: ActivityUnitOfWork, activity: Activity, shift: Shift) -> EnrollmentStatus:
    """Under the shift's lock. Nobody passes those who wait, even if a place is free at this moment."""
    if activity.approval == Approval.MANUAL:
        return EnrollmentStatus.APPLIED
    if uow.shifts.taken(shift.id) < shift.capacity and not uow.enrollments.anybody_waits(shift.id):
        return EnrollmentStatus.ACCEPTED
    return EnrollmentStatus.WAITLISTED


def withdraw_enrollment(command: WithdrawEnrollment, uow: ActivityUnitOfWork) -> dict[str, Any]:
    """Take one's own back before the shift begins; its place goes to the next in line.

    Who leaves a place shortly before the start may, but it is noted (``late``).
    """
    enrollment = own_enrollment(uow, command.enrollment_id, uow.caller.require_volunteer())
    shift = uow.shifts.lock([enrollment.shift_id])[enrollment.shift_id]
    uow.enrollments.refresh(enrollment)
    change_enrollment(enrollment.status, EnrollmentStatus.WITHDRAWN)
    if uow.clock.now() >= shift.starts_at:
        raise ShiftStarted()
    enrollment.late = is_late(enrollment.status, uow.clock.now(), uow.settings.withdraw_hours, shift)
    if enrollment.late:
        uow.audit("enrollment.withdrawn_late", f"enrollment:{enrollment.id}", activity_id=enrollment.activity_id)
        metrics.LATE_WITHDRAWALS.inc()
    _withdraw(uow, enrollment, shift)
    return views.enrollment(uow, enrollment)


def withdraw_all(uow: ActivityUnitOfWork, volunteer_id: str) -> None:
    """Give back every place of somebody who has left the platform."""
    enrollments = uow.enrollments.open_of_volunteer(volunteer_id, uow.clock.now())
    shifts = uow.shifts.lock(enrollment.shift_id for enrollment in enrollments)
    for enrollment in enrollments:
        uow.enrollments.refresh(enrollment)
        if enrollment.status in OPEN:
            _withdraw(uow, enrollment, shifts[enrollment.shift_id])


def _withdraw(uow: ActivityUnitOfWork, enrollment: Enrollment, shift: Shift) -> None:
    held_a_place = enrollment.status in HOLDS_A_PLACE
    uow.activities.refresh_state(enrollment.activity)
    telling.move(uow, enrollment, EnrollmentStatus.WITHDRAWN, enrollment.activity, shift)
    if held_a_place:
        offer_free_places(uow, enrollment.activity, shift)
