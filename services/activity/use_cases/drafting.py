"""Making activities: drafts and copies. A draft may lack anything; publishing asks for all of it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from services.activity.commands import CopyActivity, CreateActivity
from services.activity.domain.roles import RUNS_ACTIVITIES
from services.activity.errors import ActivityOrganizationNotActive
from services.activity.repository import ActivityUnitOfWork
from services.activity.use_cases import content, views
from services.activity.use_cases.access import managed
from services.activity.use_cases.series import repeat
from services.chassis.clock import local_day


def create_activity(command: CreateActivity, uow: ActivityUnitOfWork) -> dict[str, Any]:
    """A new draft of an active organization; with ``repeat`` one for each day, of which this is the first."""
    organization = uow.organizations.require(command.organization_id, *RUNS_ACTIVITIES)
    if not organization.active:
        raise ActivityOrganizationNotActive(status=organization.status)
    activity = content.new_draft(uow, organization_id=organization.id)
    content.apply(activity, vars(command))
    content.set_shifts(activity, command.shifts)
    uow.session.add(activity)
    if command.repeat is not None:
        repeat(uow, activity, command.repeat)
    uow.session.flush()
    return views.activity(uow, activity)


def copy_activity(command: CopyActivity, uow: ActivityUnitOfWork) -> dict[str, Any]:
    """A new draft like an activity that the caller runs, whatever became of that; it belongs to no series."""
    original = managed(uow, command.activity_id)
    by = timedelta()
    if command.starts_on is not None and original.starts_at is not None:
        by = command.starts_on - local_day(original.starts_at)
    activity = content.copy_of(uow, original, by)
    uow.session.add(activity)
    uow.session.flush()
    return views.activity(uow, activity)
