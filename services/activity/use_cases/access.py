"""Who may see an activity, and who may change it. What may not be seen is not there (404)."""

from __future__ import annotations

from services.activity.domain.repeating import Scope
from services.activity.domain.roles import ANY_ROLE, IS_ON_THE_SPOT, RUNS_ACTIVITIES
from services.activity.domain.states import ActivityStatus, Phase, phase_of
from services.activity.models import Activity
from services.activity.repository import ActivityUnitOfWork
from services.chassis.errors import Forbidden, NotFound


def visible(uow: ActivityUnitOfWork, activity_id: str) -> Activity:
    """An activity that the caller may see: everybody what was published, its administrators also drafts."""
    activity = uow.activities.find(activity_id)
    if activity is None or not _may_see(uow, activity):
        raise NotFound(what="activity")
    return activity


def administered(uow: ActivityUnitOfWork, activity_id: str) -> Activity:
    """An activity of which the caller may see what concerns its administrators."""
    activity = visible(uow, activity_id)
    if not uow.organizations.reaches(activity.organization_id, *ANY_ROLE):
        raise Forbidden()
    return activity


def managed(uow: ActivityUnitOfWork, activity_id: str) -> Activity:
    """An activity that the caller runs."""
    activity = visible(uow, activity_id)
    if not uow.organizations.reaches(activity.organization_id, *RUNS_ACTIVITIES):
        raise Forbidden()
    return activity


def looked_after(uow: ActivityUnitOfWork, activity_id: str) -> Activity:
    """An activity at which the caller sees to who comes."""
    activity = visible(uow, activity_id)
    if not uow.organizations.reaches(activity.organization_id, *IS_ON_THE_SPOT):
        raise Forbidden()
    return activity


def managed_in_scope_and_locked(
    uow: ActivityUnitOfWork, activity_id: str, scope: str
) -> tuple[Activity, list[Activity]]:
    """An activity that the caller runs, and those others of its series that ``scope`` takes in: drafts, and public ones
    that are still ahead. All are kept as they are, shifts and all: nobody enrolls until this transaction ends.

    What has begun, is over or was revoked stays as it is (docs/adr/0028-a-series-is-many-activities.md).
    """
    activity = managed(uow, activity_id)
    ids = {activity.id}
    if scope != Scope.ONE and activity.series_id is not None:
        ids.update(uow.series.ids(activity.series_id, activity.occurs_on if scope == Scope.FOLLOWING else None))
    uow.activities.lock_all(ids)
    uow.shifts.lock_all_of(*ids)
    found = uow.activities.reload(ids)
    now = uow.clock.now()
    others = [
        other
        for other in found
        if other.id != activity.id
        and (
            other.status == ActivityStatus.DRAFT
            or (other.status == ActivityStatus.PUBLISHED and phase_of(other.shifts, now) is Phase.UPCOMING)
        )
    ]
    return activity, others


def _may_see(uow: ActivityUnitOfWork, activity: Activity) -> bool:
    return activity.status != ActivityStatus.DRAFT or uow.organizations.reaches(activity.organization_id, *ANY_ROLE)
