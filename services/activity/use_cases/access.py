"""Who may see an activity, and who may change it. What may not be seen is not there (404)."""

from __future__ import annotations

from services.activity.domain.roles import ANY_ROLE, RUNS_ACTIVITIES
from services.activity.domain.states import ActivityStatus
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


def managed_and_locked(uow: ActivityUnitOfWork, activity_id: str) -> Activity:
    """The same, with all its shifts, kept as they are from here on: nobody enrolls until this transaction ends."""
    activity = managed(uow, activity_id)
    uow.activities.lock(activity.id)
    uow.shifts.lock_all_of(activity.id)
    uow.session.expire(activity, ["shifts"])
    return activity


def _may_see(uow: ActivityUnitOfWork, activity: Activity) -> bool:
    return activity.status != ActivityStatus.DRAFT or uow.organizations.reaches(activity.organization_id, *ANY_ROLE)
