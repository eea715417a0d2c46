"""Enrolling and withdrawing.

Never overbooked: places are counted, and one is given, under the lock of the one shift. Never double-booked: all of one
person's enrollments go through the lock of that person's row. Everything that needs no lock is checked before the
shift's, which is the one that many wait for.
"""

from __future__ import annotations

from typing import Any

from services.activity.commands import Enroll, WithdrawEnrollment
from services.activity.domain.enrolling import Candidate, Requirements, closes_at, must_be_accompanied, unmet
from services.activity.domain.states import (
    HOLDS_A_PLACE,
    OPEN,
    ActivityStatus,
    Approval,
    EnrollmentStatus,
    change_enrollment,
)
from services.activity.errors import (
    AlreadyEnrolled,
    EnrollmentClosed,
    OverlappingShift,
    RequirementsNotMet,
    ShiftStarted,
)
from services.activity.models import Activity, Enrollment, Shift, VolunteerCopy
from services.activity.repository import ActivityUnitOfWork
from services.activity.use_cases import telling, views
from services.activity.use_cases.access import visible
from services.activity.use_cases.own import active_and_locked, own_enrollment
from services.activity.use_cases.waiting_list import offer_free_places
from services.chassis.clock import local_day
from services.chassis.errors import FieldError, Invalid, NotFound
from services.chassis.ids import new_id


def enroll(command: Enroll, uow: ActivityUnitOfWork) -> dict[str, Any]:
    """Ask for a place: accepted, or in line, at once if the activity is instant; else an organizer decides."""
    volunteer = active_and_locked(uow, uow.caller.require_volunteer())
    activity = visible(uow, command.activity_id)
    shift = uow.shifts.find(command.shift_id)
    if shift is None or shift.activity_id != activity.id or activity.status == ActivityStatus.DRAFT:
        raise NotFound(what="shift")
    _require_open(uow, activity, shift)
    _require_requirements(uow, activity, shift, volunteer)
    accompanied_by = _companion(command, volunteer, shift)
    _require_free_time(uow, shift, volunteer)
    shift = _locked(uow, activity, shift)
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


def _locked(uow: ActivityUnitOfWork, activity: Activity, shift: Shift) -> Shift:
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


_IN_CHINESE = {"min_age": "最小年龄", "max_age": "最大年龄", "skills": "技能", "members_only": "仅限本组织志愿者"}


def _require_requirements(uow: ActivityUnitOfWork, activity: Activity, shift: Shift, volunteer: VolunteerCopy) -> None:
    requirements = Requirements(
        min_age=activity.min_age,
        max_age=activity.max_age,
        skills=activity.skills,
        members_only=activity.members_only,
    )
    candidate = Candidate(
        birth_date=volunteer.birth_date,
        skills=volunteer.skills,
        # asked of the database only where somebody asks
        is_member=activity.members_only and uow.volunteers.is_member(volunteer, activity.organization_id),
    )
    missing = list(unmet(requirements, candidate, local_day(shift.starts_at)))
    if missing:
        raise RequirementsNotMet(
            unmet=missing,
            unmet_zh="、".join(_IN_CHINESE[name] for name in missing),
            unmet_en=", ".join(name.replace("_", " ") for name in missing),
        )


def _companion(command: Enroll, volunteer: VolunteerCopy, shift: Shift) -> str | None:
    """Who comes along with a volunteer too young to come alone (FACTS.md, "Minors"); of nobody else it is kept."""
    if not must_be_accompanied(volunteer.accompanied_until, local_day(shift.starts_at)):
        return None
    if command.accompanied_by is None:
        zh, en = (
            "请填写到场陪同的成年人姓名",
            "names the adult who comes along; the volunteer is too young to come alone",
        )
        raise Invalid(FieldError("accompanied_by", "companion_required", zh, en))
    return command.accompanied_by


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
    """Take one's own back before the shift begins; its place goes to the next in line."""
    enrollment = own_enrollment(uow, command.enrollment_id, uow.caller.require_volunteer())
    shift = uow.shifts.lock([enrollment.shift_id])[enrollment.shift_id]
    uow.enrollments.refresh(enrollment)
    change_enrollment(enrollment.status, EnrollmentStatus.WITHDRAWN)
    if uow.clock.now() >= shift.starts_at:
        raise ShiftStarted()
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
