"""Keeping what search looks at (docs/adr/0025-search.md)."""

from __future__ import annotations

from services.activity.domain.states import ActivityStatus
from services.activity.models import Activity
from services.activity.repository import ActivityUnitOfWork
from services.chassis.events import Received
from services.chassis.organizations import ltree_path
from services.chassis.unit_of_work import UnitOfWorkFactory
from services.organization.events import OrganizationChanged

# How many one transaction lists: it holds the locks of as many activities.
AT_ONCE = 200


def keep_listed(uow: ActivityUnitOfWork, activity: Activity) -> None:
    """List what is published, and nothing else; for whoever has changed an activity, under its lock."""
    if activity.status == ActivityStatus.PUBLISHED:
        uow.listings.save(activity)
    else:
        uow.listings.remove(activity.id)


def copy_organization(event: Received[OrganizationChanged], uow: ActivityUnitOfWork) -> None:
    """Keep the tree; the activities of an organization that moved are found below those that it is now below."""
    told = event.data
    before = uow.organizations.find(told.organization_id)
    newer = uow.organizations.take_over(told, event.aggregate_version)
    if newer and before is not None and before.path != ltree_path(told.path):
        uow.listings.stale_of(told.organization_id)


def relist_all(units: UnitOfWorkFactory[ActivityUnitOfWork]) -> None:
    """Make anew what has to be, some hundreds at a time."""
    while relist(units):
        pass


def relist(units: UnitOfWorkFactory[ActivityUnitOfWork]) -> bool:
    """Make the next listings anew; False if there were none."""
    with units() as uow:
        claimed = uow.listings.claim(uow.clock.now(), AT_ONCE)
        uow.activities.lock_all(claimed)
        for activity in uow.activities.reload(claimed):
            keep_listed(uow, activity)
        return bool(claimed)
