"""Changing activities, one or several of a series.

An activity that is public already is edited under the policies of publishing, and its shifts keep their ids, because
enrollments and hours hang on them. Whoever has a place, or asked for one, is told what changed for them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from services.activity.commands import EditActivity
from services.activity.domain.repeating import Scope
from services.activity.domain.states import ActivityStatus, Phase, phase_of
from services.activity.errors import ActivityNotEditable
from services.activity.models import Activity
from services.activity.repository import ActivityUnitOfWork
from services.activity.use_cases import content, series, telling, views
from services.activity.use_cases.access import managed_in_scope_and_locked
from services.activity.use_cases.amending import Known, known_of, tell_amended
from services.activity.use_cases.listing import keep_listed
from services.activity.use_cases.publishing import require_publishable
from services.activity.use_cases.waiting_list import offer_free_places
from services.chassis.errors import FieldError, Invalid


def edit_activity(command: EditActivity, uow: ActivityUnitOfWork) -> dict[str, Any]:
    """Change a draft freely, or a published activity that has not ended, within the policies of publishing.

    With a wider ``scope`` the others of its series follow, all or none of them. ``warnings``: see ``tell_amended``.
    """
    activity, others = managed_in_scope_and_locked(uow, command.activity_id, command.scope)
    _require_editable(uow, activity)
    _remember_own_fields(activity, command)
    following = [(other, series.changes_for(other, activity, command.changes)) for other in others]
    amended = [(activity, _edit(uow, activity, command.changes))]
    errors: list[FieldError] = []
    for other, changes in following:
        if not changes:
            continue
        try:
            amended.append((other, _edit(uow, other, changes)))
        except Invalid as refusal:
            errors += series.of_day(other, refusal)
    if errors:
        raise Invalid(*errors)
    warnings = tell_amended(uow, amended)
    return {**views.activity(uow, activity), "warnings": warnings}


def _require_editable(uow: ActivityUnitOfWork, activity: Activity) -> None:
    if activity.status == ActivityStatus.REVOKED:
        raise ActivityNotEditable(state=activity.status)
    if activity.status == ActivityStatus.PUBLISHED and phase_of(activity.shifts, uow.clock.now()) is Phase.ENDED:
        raise ActivityNotEditable(state=Phase.ENDED.value)


def _remember_own_fields(activity: Activity, command: EditActivity) -> None:
    """What is changed for one alone is its own from here on; what it shares again with others is not."""
    if activity.series_id is None:
        return
    own = set(activity.own_fields)
    own = own | set(command.changes) if command.scope == Scope.ONE else own - set(command.changes)
    activity.own_fields = sorted(own)


def _edit(uow: ActivityUnitOfWork, activity: Activity, changes: Mapping[str, Any]) -> Known:
    """Change one; answers what was known of it before."""
    known = known_of(activity)
    content.apply(activity, changes)
    if "shifts" in changes:
        content.check_shifts(uow, activity, changes["shifts"])
        content.set_shifts(activity, changes["shifts"])
    public = activity.status == ActivityStatus.PUBLISHED
    if public:
        require_publishable(uow, activity, known.spans)
    activity.changed_at = uow.clock.now()
    activity.version += 1
    uow.session.flush()
    if public:
        uow.audit("activity.edited", f"activity:{activity.id}", fields=sorted(changes))
        uow.publish(telling.activity_state(activity), version=activity.version)
        keep_listed(uow, activity)
        for shift in activity.shifts:
            offer_free_places(uow, activity, shift)
    return known
