"""An organizer's decisions on those who applied (notice, attachment 2, 三.8)."""

from __future__ import annotations

from typing import Any

from services.activity.commands import DecideEnrollment, DecideEnrollments, ListRejectionReasons
from services.activity.domain.reasons import REASONS
from services.activity.domain.roles import ANY_ROLE
from services.activity.domain.states import ActivityStatus, EnrollmentStatus, decided
from services.activity.errors import EnrollmentClosed, OverlappingShift, ShiftFull, ShiftStarted
from services.activity.models import Activity, Enrollment, Shift
from services.activity.repository import ActivityUnitOfWork
from services.activity.use_cases import telling, views
from services.activity.use_cases.access import managed
from services.chassis.errors import AppError, NotFound


def list_rejection_reasons(_query: ListRejectionReasons, _uow: ActivityUnitOfWork) -> dict[str, Any]:
    """The reasons to choose from."""
    return REASONS.listed()


def decide_enrollment(command: DecideEnrollment, uow: ActivityUnitOfWork) -> dict[str, Any]:
    """Accept or reject one who applied."""
    enrollment = uow.enrollments.find(command.enrollment_id)
    if enrollment is None or not uow.organizations.reaches(enrollment.activity.organization_id, *ANY_ROLE):
        raise NotFound(what="enrollment")
    activity = managed(uow, enrollment.activity_id)
    shift = _locked(uow, activity, [enrollment])[enrollment.shift_id]
    _decide(uow, command, enrollment, activity, shift)
    return views.enrollment(uow, enrollment)


def decide_enrollments(command: DecideEnrollments, uow: ActivityUnitOfWork) -> dict[str, Any]:
    """The same for many, in the order given; each with its own result, so that one refusal spoils nothing."""
    activity = managed(uow, command.activity_id)
    found = [uow.enrollments.find(decision.enrollment_id) for decision in command.decisions]
    known = {e.id: e for e in found if e is not None and e.activity_id == activity.id}
    shifts = _locked(uow, activity, list(known.values()))
    results = []
    for decision in command.decisions:
        result: dict[str, Any] = {"enrollment_id": decision.enrollment_id, "status": None, "error": None}
        try:
            enrollment = known.get(decision.enrollment_id)
            if enrollment is None:
                raise NotFound(what="enrollment")
            _decide(uow, decision, enrollment, activity, shifts[enrollment.shift_id])
            result["status"] = enrollment.status
        except AppError as refusal:  # raised before anything of this enrollment was changed
            result["error"] = {"code": refusal.code, "detail": refusal.detail(uow.caller.locale)}
        results.append(result)
    return {"items": results}


def _locked(uow: ActivityUnitOfWork, activity: Activity, enrollments: list[Enrollment]) -> dict[str, Shift]:
    """The shifts, after the locks of volunteers and shifts; the enrollments as they are under them."""
    uow.volunteers.lock(enrollment.volunteer_id for enrollment in enrollments)
    shifts = uow.shifts.lock(enrollment.shift_id for enrollment in enrollments)
    uow.activities.refresh_state(activity)
    for enrollment in enrollments:
        uow.enrollments.refresh(enrollment)
    return shifts


def _decide(
    uow: ActivityUnitOfWork, decision: DecideEnrollment, enrollment: Enrollment, activity: Activity, shift: Shift
) -> None:
    attempted = decided(enrollment.status, decision.accept)
    _require_possible(uow, attempted, enrollment, activity, shift)
    enrollment.decided_at = uow.clock.now()
    reason = REASONS.in_words(decision.reason_code, decision.reason)
    enrollment.reason_code = decision.reason_code
    telling.move(uow, enrollment, attempted, activity, shift, reason=reason)
    uow.audit(f"enrollment.{attempted.value}", f"enrollment:{enrollment.id}", activity_id=activity.id)


def _require_possible(
    uow: ActivityUnitOfWork, attempted: EnrollmentStatus, enrollment: Enrollment, activity: Activity, shift: Shift
) -> None:
    if activity.status == ActivityStatus.REVOKED:
        raise EnrollmentClosed(why="revoked")
    if uow.clock.now() >= shift.starts_at:
        raise ShiftStarted()
    if attempted is EnrollmentStatus.REJECTED:
        return
    # Times may have been edited since the volunteer applied.
    other = uow.enrollments.overlapping(enrollment.volunteer_id, shift, {EnrollmentStatus.ACCEPTED})
    if other is not None:
        raise OverlappingShift(title=other.activity.title, enrollment_id=other.id)
    if uow.shifts.taken(shift.id) >= shift.capacity:
        raise ShiftFull(capacity=shift.capacity)
