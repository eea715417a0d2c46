"""Events out: what others copy, and what volunteers are told."""

from __future__ import annotations

from typing import Any

from services.activity import metrics
from services.activity.domain.states import EnrollmentStatus, change_enrollment
from services.activity.events import (
    ActivityChanged,
    EnrollmentAccepted,
    EnrollmentCalledOff,
    EnrollmentChanged,
    EnrollmentOffered,
    EnrollmentRejected,
    EnrollmentWaitlisted,
    ShiftState,
)
from services.activity.models import Activity, Enrollment, Shift
from services.activity.repository import ActivityUnitOfWork


def activity_state(activity: Activity) -> ActivityChanged:
    """The present state of a published or revoked activity."""
    return ActivityChanged(
        activity_id=activity.id,
        organization_id=activity.organization_id,
        title=activity.title,
        category=activity.category,
        region=activity.region,
        address=activity.address,
        status=activity.status,
        latitude=activity.latitude,
        longitude=activity.longitude,
        fence_metres=activity.fence_metres,
        static_codes_allowed=activity.static_codes_allowed,
        shifts=[
            ShiftState(
                shift_id=shift.id,
                starts_at=shift.starts_at,
                ends_at=shift.ends_at,
                capacity=shift.capacity,
                role=shift.role,
            )
            for shift in activity.shifts
        ],
    )


def enrollment_state(enrollment: Enrollment) -> EnrollmentChanged:
    """The present state of an enrollment."""
    return EnrollmentChanged(
        enrollment_id=enrollment.id,
        activity_id=enrollment.activity_id,
        shift_id=enrollment.shift_id,
        volunteer_id=enrollment.volunteer_id,
        status=enrollment.status,
    )


def move(
    uow: ActivityUnitOfWork,
    enrollment: Enrollment,
    attempted: EnrollmentStatus,
    activity: Activity,
    shift: Shift,
    *,
    reason: str | None = None,
) -> None:
    """Take an enrollment to its next status and tell of it; raises ``IllegalTransition`` before anything changes."""
    enrollment.status = change_enrollment(enrollment.status, attempted)
    enrollment.reason = reason
    enrollment.version += 1
    tell(uow, enrollment, activity, shift)


def tell(uow: ActivityUnitOfWork, enrollment: Enrollment, activity: Activity, shift: Shift) -> None:
    """Publish an enrollment's new state, and the news if its status is news to the volunteer."""
    metrics.ENROLLMENTS.labels(enrollment.status).inc()
    uow.publish(enrollment_state(enrollment), version=enrollment.version)
    facts = _facts(enrollment, activity, shift)
    match enrollment.status:
        case EnrollmentStatus.ACCEPTED:
            uow.publish(EnrollmentAccepted(**facts), version=enrollment.version)
        case EnrollmentStatus.REJECTED:
            uow.publish(EnrollmentRejected(**facts, reason=enrollment.reason or ""), version=enrollment.version)
        case EnrollmentStatus.WAITLISTED:
            uow.publish(EnrollmentWaitlisted(**facts), version=enrollment.version)
        case EnrollmentStatus.OFFERED if enrollment.offer_expires_at is not None:
            uow.publish(EnrollmentOffered(**facts, expires_at=enrollment.offer_expires_at), version=enrollment.version)


def tell_called_off(uow: ActivityUnitOfWork, enrollment: Enrollment, activity: Activity, shift: Shift) -> None:
    """Tell one volunteer that the activity is revoked, and why."""
    facts = _facts(enrollment, activity, shift)
    uow.publish(EnrollmentCalledOff(**facts, reason=activity.revocation_reason or ""), version=enrollment.version)


def _facts(enrollment: Enrollment, activity: Activity, shift: Shift) -> dict[str, Any]:
    return {
        "enrollment_id": enrollment.id,
        "activity_id": activity.id,
        "shift_id": shift.id,
        "volunteer_id": enrollment.volunteer_id,
        "title": activity.title,
        "starts_at": shift.starts_at,
        "address": activity.address,
    }
