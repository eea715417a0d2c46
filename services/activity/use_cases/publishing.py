"""Publishing and revoking: where an activity becomes a promise, and where it is taken back for good."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from services.activity import metrics
from services.activity.commands import PublishActivity, RevokeActivity
from services.activity.domain.publishing import Plan, PlannedShift, violations
from services.activity.domain.states import ActivityStatus, EnrollmentStatus, change_activity
from services.activity.errors import ActivityOrganizationNotActive
from services.activity.events import ActivityPublished, ActivityRevoked
from services.activity.models import Activity, Shift
from services.activity.repository import ActivityUnitOfWork
from services.activity.use_cases import telling, views
from services.activity.use_cases.access import managed_and_locked
from services.chassis.errors import Invalid

_LINE_ENDS = frozenset({EnrollmentStatus.WAITLISTED, EnrollmentStatus.OFFERED})


def publish_activity(command: PublishActivity, uow: ActivityUnitOfWork) -> dict[str, Any]:
    """Let volunteers find a draft; raises ``Invalid`` with everything that keeps it from being published."""
    activity = managed_and_locked(uow, command.activity_id)
    status = change_activity(activity.status, ActivityStatus.PUBLISHED)
    organization = uow.organizations.get(activity.organization_id)
    if not organization.active:
        raise ActivityOrganizationNotActive(status=organization.status)
    require_publishable(uow, activity, {})
    activity.status = status
    activity.published_at = uow.clock.now()
    activity.version += 1
    uow.audit("activity.published", f"activity:{activity.id}")
    uow.publish(telling.activity_state(activity), version=activity.version)
    uow.publish(
        ActivityPublished(
            activity_id=activity.id,
            organization_id=activity.organization_id,
            title=activity.title,
            region=activity.region,
            published_at=activity.published_at,
        ),
        version=activity.version,
    )
    metrics.ACTIVITIES.labels("published").inc()
    return views.activity(uow, activity)


def require_publishable(
    uow: ActivityUnitOfWork, activity: Activity, settled: Mapping[str, tuple[datetime, datetime]]
) -> None:
    """Raise ``Invalid`` unless every policy is content. ``settled``: the times of shifts that are public already."""
    found = violations(_plan(activity, settled), uow.settings.publishing_rules, uow.clock.now())
    if found:
        raise Invalid(*found)


def _plan(activity: Activity, settled: Mapping[str, tuple[datetime, datetime]]) -> Plan:
    return Plan(
        title=activity.title,
        category=activity.category,
        description=activity.description,
        region=activity.region,
        address=activity.address,
        contact=activity.contact,
        enroll_by=activity.enroll_by,
        insurance_note=activity.insurance_note,
        min_age=activity.min_age,
        max_age=activity.max_age,
        shifts=[
            PlannedShift(
                starts_at=shift.starts_at,
                ends_at=shift.ends_at,
                capacity=shift.capacity,
                settled=settled.get(shift.id) == (shift.starts_at, shift.ends_at),
            )
            for shift in activity.shifts
        ],
    )


def revoke_activity(command: RevokeActivity, uow: ActivityUnitOfWork) -> dict[str, Any]:
    """Call a published activity off. This cannot be undone (notice, attachment 2, 三.6); everybody is told.

    Who had applied or was accepted stays so, for the record; the waiting line ends.
    """
    activity = managed_and_locked(uow, command.activity_id)
    activity.status = change_activity(activity.status, ActivityStatus.REVOKED)
    activity.revoked_at = uow.clock.now()
    activity.revocation_reason = command.reason
    activity.version += 1
    uow.audit("activity.revoked", f"activity:{activity.id}")
    uow.publish(telling.activity_state(activity), version=activity.version)
    uow.publish(
        ActivityRevoked(
            activity_id=activity.id,
            organization_id=activity.organization_id,
            title=activity.title,
            reason=command.reason,
            revoked_at=activity.revoked_at,
        ),
        version=activity.version,
    )
    _call_off(uow, activity, {shift.id: shift for shift in activity.shifts})
    metrics.ACTIVITIES.labels("revoked").inc()
    return views.activity(uow, activity)


def _call_off(uow: ActivityUnitOfWork, activity: Activity, shifts: Mapping[str, Shift]) -> None:
    for enrollment in uow.enrollments.open_of_activity(activity.id):
        shift = shifts[enrollment.shift_id]
        if enrollment.status in _LINE_ENDS:
            telling.move(uow, enrollment, EnrollmentStatus.LAPSED, activity, shift)
        telling.tell_called_off(uow, enrollment, activity, shift)
