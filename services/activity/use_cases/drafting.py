"""Making activities: drafts, edits, copies.

A draft may lack anything; publishing asks for all of it. An activity that is public already is edited under the same
policies, and its shifts keep their ids, because enrollments and hours hang on them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from services.activity.commands import CopyActivity, CreateActivity, EditActivity, ShiftInput
from services.activity.domain.roles import RUNS_ACTIVITIES
from services.activity.domain.states import HOLDS_A_PLACE, ActivityStatus, Phase, phase_of
from services.activity.errors import ActivityNotEditable, ActivityOrganizationNotActive
from services.activity.models import Activity, Shift
from services.activity.repository import ActivityUnitOfWork
from services.activity.use_cases import telling, views
from services.activity.use_cases.access import managed, managed_and_locked
from services.activity.use_cases.publishing import require_publishable
from services.activity.use_cases.waiting_list import offer_free_places
from services.chassis.clock import SHANGHAI, local_day
from services.chassis.errors import FieldError, Invalid
from services.chassis.ids import new_id

# Fields that stand in a column of the same name.
_PLAIN = (
    "title", "category", "description", "region", "address", "enroll_by", "contact", "insurance_note", "approval",
    "static_codes_allowed",
)  # fmt: skip
_COPIED = (
    *_PLAIN, "organization_id", "latitude", "longitude", "fence_metres", "min_age", "max_age", "skills", "members_only",
)  # fmt: skip


def create_activity(command: CreateActivity, uow: ActivityUnitOfWork) -> dict[str, Any]:
    """A new draft of an active organization."""
    organization = uow.organizations.require(command.organization_id, *RUNS_ACTIVITIES)
    if not organization.active:
        raise ActivityOrganizationNotActive(status=organization.status)
    activity = _new_draft(uow, organization_id=organization.id)
    _apply(activity, vars(command))
    _replace_shifts(uow, activity, command.shifts)
    uow.session.add(activity)
    uow.session.flush()
    return views.activity(uow, activity)


def edit_activity(command: EditActivity, uow: ActivityUnitOfWork) -> dict[str, Any]:
    """Change a draft freely, or a published activity that has not ended, within the policies of publishing."""
    activity = managed_and_locked(uow, command.activity_id)
    now = uow.clock.now()
    if activity.status == ActivityStatus.REVOKED:
        raise ActivityNotEditable(state=activity.status)
    public = activity.status == ActivityStatus.PUBLISHED
    if public and phase_of(activity.shifts, now) is Phase.ENDED:
        raise ActivityNotEditable(state=Phase.ENDED.value)
    settled = {shift.id: (shift.starts_at, shift.ends_at) for shift in activity.shifts} if public else {}
    _apply(activity, command.changes)
    if "shifts" in command.changes:
        _replace_shifts(uow, activity, command.changes["shifts"])
    if public:
        require_publishable(uow, activity, settled)
    activity.version += 1
    uow.session.flush()
    if public:
        uow.audit("activity.edited", f"activity:{activity.id}", fields=sorted(command.changes))
        uow.publish(telling.activity_state(activity), version=activity.version)
        for shift in activity.shifts:
            offer_free_places(uow, activity, shift)
    return views.activity(uow, activity)


def copy_activity(command: CopyActivity, uow: ActivityUnitOfWork) -> dict[str, Any]:
    """A new draft like an activity that the caller runs, whatever became of that."""
    original = managed(uow, command.activity_id)
    by = timedelta()
    if command.starts_on is not None and original.starts_at is not None:
        by = command.starts_on - local_day(original.starts_at)
    activity = _new_draft(uow, **{name: getattr(original, name) for name in _COPIED})
    activity.enroll_by = None if original.enroll_by is None else _moved(original.enroll_by, by)
    shifts = [
        ShiftInput(
            starts_at=_moved(shift.starts_at, by),
            ends_at=_moved(shift.ends_at, by),
            capacity=shift.capacity,
            role=shift.role,
        )
        for shift in original.shifts
    ]
    _replace_shifts(uow, activity, shifts)
    uow.session.add(activity)
    uow.session.flush()
    return views.activity(uow, activity)


def _moved(moment: datetime, by: timedelta) -> datetime:
    """The same time of day in Guangdong, some days later."""
    return moment.astimezone(SHANGHAI) + by


def _new_draft(uow: ActivityUnitOfWork, **values: Any) -> Activity:
    return Activity(
        id=new_id(), status=ActivityStatus.DRAFT, created_at=uow.clock.now(), version=1, shifts=[], **values
    )


def _apply(activity: Activity, changes: Mapping[str, Any]) -> None:
    for name in _PLAIN:
        if name in changes:
            setattr(activity, name, changes[name])
    if "location" in changes:
        location = changes["location"]
        activity.latitude = None if location is None else location.latitude
        activity.longitude = None if location is None else location.longitude
        activity.fence_metres = None if location is None else location.fence_metres
    if "requirements" in changes:
        requirements = changes["requirements"]
        activity.min_age = requirements.min_age
        activity.max_age = requirements.max_age
        activity.skills = list(requirements.skills)
        activity.members_only = requirements.members_only


def _replace_shifts(uow: ActivityUnitOfWork, activity: Activity, wanted: Sequence[ShiftInput]) -> None:
    """Make the activity's shifts those that are wanted; raises ``Invalid`` for what enrollments do not allow."""
    present = {shift.id: shift for shift in activity.shifts}
    _check_shifts(uow, present, wanted)
    replaced = []
    for place, given in enumerate(wanted):
        shift = present.get(given.shift_id or "") or Shift(id=new_id())
        shift.place, shift.role, shift.capacity = place, given.role, given.capacity
        shift.starts_at, shift.ends_at = given.starts_at, given.ends_at
        replaced.append(shift)
    activity.shifts = replaced
    activity.starts_at = min((shift.starts_at for shift in replaced), default=None)
    activity.ends_at = max((shift.ends_at for shift in replaced), default=None)


def _check_shifts(uow: ActivityUnitOfWork, present: Mapping[str, Shift], wanted: Sequence[ShiftInput]) -> None:
    errors: list[FieldError] = []
    kept: set[str] = set()
    taken = uow.shifts.counts(present, HOLDS_A_PLACE)
    for place, given in enumerate(wanted):
        if given.shift_id is None:
            continue
        if given.shift_id not in present or given.shift_id in kept:
            errors.append(
                FieldError(
                    f"shifts.{place}.shift_id",
                    "unknown_shift",
                    "不是本活动的班次，或重复出现",
                    "is no shift of this activity, or stands here twice",
                )
            )
        kept.add(given.shift_id)
        if given.capacity < taken.get(given.shift_id, 0):
            errors.append(
                FieldError(
                    f"shifts.{place}.capacity",
                    "below_accepted",
                    f"已录用 {taken[given.shift_id]} 人，名额不得少于此数",
                    f"may not be below the {taken[given.shift_id]} places already given",
                )
            )
    if uow.shifts.with_enrollments(set(present) - kept):
        errors.append(
            FieldError(
                "shifts",
                "shift_has_enrollments",
                "已有人报名的班次不能删除",
                "a shift that somebody enrolled for may not be removed",
            )
        )
    if errors:
        raise Invalid(*errors)
