"""Events out: what others copy, and what volunteers are told."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from services.activity import metrics
from services.activity.domain.states import EnrollmentStatus, change_enrollment
from services.activity.events import (
    ActivityChanged,
    EnrollmentAccepted,
    EnrollmentCalledOff,
    EnrollmentChanged,
    EnrollmentMarkedAbsent,
    EnrollmentOffered,
    EnrollmentRejected,
    EnrollmentWaitlisted,
    ShiftState,
)
from services.activity.models import Activity, Enrollment, Shift
from services.activity.repository import ActivityUnitOfWork
from services.chassis.events import Event


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
    advance(enrollment, attempted, reason=reason)
    tell(uow, enrollment, activity, shift)


def advance(enrollment: Enrollment, attempted: EnrollmentStatus, *, reason: str | None = None) -> None:
    """Take an enrollment to its next status, and leave the telling to the caller."""
    enrollment.status = change_enrollment(enrollment.status, attempted)
    enrollment.reason = reason
    enrollment.version += 1


def tell(uow: ActivityUnitOfWork, enrollment: Enrollment, activity: Activity, shift: Shift) -> None:
    """Publish an enrollment's new state, and the news if its status is news to the volunteer."""
    metrics.ENROLLMENTS.labels(enrollment.status).inc()
    enrollment.changed_at = uow.clock.now()
    uow.publish_many([(event, enrollment.version) for event in _told(enrollment, activity, shift)])


def _told(enrollment: Enrollment, activity: Activity, shift: Shift) -> Iterator[Event]:
    yield enrollment_state(enrollment)
    known = facts(enrollment, activity, shift)
    match enrollment.status:
        case EnrollmentStatus.ACCEPTED:
            yield EnrollmentAccepted(**known)
        case EnrollmentStatus.REJECTED:
            yield EnrollmentRejected(**known, reason=enrollment.reason or "")
        case EnrollmentStatus.WAITLISTED:
            yield EnrollmentWaitlisted(**known)
        case EnrollmentStatus.ABSENT:
            yield EnrollmentMarkedAbsent(**known)
        case EnrollmentStatus.OFFERED if enrollment.offer_expires_at is not None:
            yield EnrollmentOffered(**known, expires_at=enrollment.offer_expires_at)


def tell_called_off(uow: ActivityUnitOfWork, called_off: Iterable[tuple[Enrollment, Activity, Shift]]) -> None:
    """Tell everybody of these enrollments that the activity is revoked, and why; thousands at once."""
    news: list[tuple[Event, int]] = []
    for enrollment, activity, shift in called_off:
        if enrollment.status == EnrollmentStatus.LAPSED:  # for this very reason: nobody else tells of it
            metrics.ENROLLMENTS.labels(enrollment.status).inc()
            enrollment.changed_at = uow.clock.now()
            news.append((enrollment_state(enrollment), enrollment.version))
        known = facts(enrollment, activity, shift)
        news.append((EnrollmentCalledOff(**known, reason=activity.revocation_reason or ""), enrollment.version))
    uow.publish_many(news)


def facts(enrollment: Enrollment, activity: Activity, shift: Shift) -> dict[str, Any]:
    """What any news of an enrollment says: what, when and where."""
    return {
        "enrollment_id": enrollment.id,
        "activity_id": activity.id,
        "shift_id": shift.id,
        "volunteer_id": enrollment.volunteer_id,
        "title": activity.title,
        "starts_at": shift.starts_at,
        "address": activity.address,
    }
