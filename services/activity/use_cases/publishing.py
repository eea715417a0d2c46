"""Publishing and revoking: where an activity becomes a promise, and where it is taken back for good."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
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
from services.activity.use_cases import series, telling, views
from services.activity.use_cases.access import managed_in_scope_and_locked
from services.activity.use_cases.listing import keep_listed
from services.chassis.errors import FieldError, Invalid

_LINE_ENDS = frozenset({EnrollmentStatus.WAITLISTED, EnrollmentStatus.OFFERED})


def publish_activity(command: PublishActivity, uow: ActivityUnitOfWork) -> dict[str, Any]:
    """Let volunteers find a draft; raises ``Invalid`` with everything that keeps it from being published.

    With a wider ``scope`` also the other drafts of its series, all or none of them.
    """
    activity, others = managed_in_scope_and_locked(uow, command.activity_id, command.scope)
    organization = uow.organizations.get(activity.organization_id)
    errors: list[FieldError] = []
    for draft in _of_status(ActivityStatus.DRAFT, activity, others):
        status = change_activity(draft.status, ActivityStatus.PUBLISHED)
        if not organization.active:
            raise ActivityOrganizationNotActive(status=organization.status)
        try:
            require_publishable(uow, draft, {})
        except Invalid as refusal:
            errors += refusal.errors if draft is activity else series.of_day(draft, refusal)
        else:
            _publish(uow, draft, status)
    if errors:
        raise Invalid(*errors)
    return views.activity(uow, activity)


def _of_status(status: ActivityStatus, activity: Activity, others: Sequence[Activity]) -> list[Activity]:
    """Those that a change is for. If there is none, the activity itself, whose state then refuses the change."""
    return [each for each in (activity, *others) if each.status == status] or [activity]


def _publish(uow: ActivityUnitOfWork, draft: Activity, status: ActivityStatus) -> None:
    draft.status = status
    draft.published_at = draft.changed_at = uow.clock.now()
    draft.version += 1
    uow.audit("activity.published", f"activity:{draft.id}")
    uow.publish(telling.activity_state(draft), version=draft.version)
    keep_listed(uow, draft)
    uow.publish(
        ActivityPublished(
            activity_id=draft.id,
            organization_id=draft.organization_id,
            title=draft.title,
            region=draft.region,
            published_at=draft.published_at,
        ),
        version=draft.version,
    )
    metrics.ACTIVITIES.labels("published").inc()


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
        risk_note=activity.risk_note,
        skills=activity.skills,
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

    Who had applied or was accepted stays so, for the record; the waiting line ends. With a wider ``scope`` also the
    other public activities of its series that are still ahead.
    """
    activity, others = managed_in_scope_and_locked(uow, command.activity_id, command.scope)
    for published in _of_status(ActivityStatus.PUBLISHED, activity, others):
        _revoke(uow, published, command.reason)
    return views.activity(uow, activity)


def _revoke(uow: ActivityUnitOfWork, activity: Activity, reason: str) -> None:
    activity.status = change_activity(activity.status, ActivityStatus.REVOKED)
    activity.revoked_at = activity.changed_at = uow.clock.now()
    activity.revocation_reason = reason
    activity.version += 1
    uow.audit("activity.revoked", f"activity:{activity.id}")
    uow.publish(telling.activity_state(activity), version=activity.version)
    keep_listed(uow, activity)
    uow.publish(
        ActivityRevoked(
            activity_id=activity.id,
            organization_id=activity.organization_id,
            title=activity.title,
            reason=reason,
            revoked_at=activity.revoked_at,
        ),
        version=activity.version,
    )
    _call_off(uow, activity, {shift.id: shift for shift in activity.shifts})
    metrics.ACTIVITIES.labels("revoked").inc()


def _call_off(uow: ActivityUnitOfWork, activity: Activity, shifts: Mapping[str, Shift]) -> None:
    concerned = uow.enrollments.open_of_activity(activity.id)
    for enrollment in concerned:
        if enrollment.status in _LINE_ENDS:
            telling.advance(enrollment, EnrollmentStatus.LAPSED)
    telling.tell_called_off(uow, ((each, activity, shifts[each.shift_id]) for each in concerned))
