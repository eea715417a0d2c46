"""What an activity consists of: fields and shifts, as they are set by a draft, an edit, a copy and a repetition."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from services.activity.commands import ShiftInput
from services.activity.domain.states import GIVEN, ActivityStatus
from services.activity.models import Activity, Shift
from services.activity.repository import ActivityUnitOfWork
from services.chassis.clock import SHANGHAI
from services.chassis.errors import FieldError, Invalid
from services.chassis.ids import new_id

# Fields that stand in a column of the same name.
_PLAIN = (
    "title", "category", "description", "region", "address", "enroll_by", "contact", "insurance_note", "risk_note",
    "approval", "static_codes_allowed",
)  # fmt: skip
_COPIED = (
    *_PLAIN, "organization_id", "latitude", "longitude", "fence_metres", "min_age", "max_age", "skills", "members_only",
)  # fmt: skip


def new_draft(uow: ActivityUnitOfWork, **values: Any) -> Activity:
    """A draft that is not saved yet."""
    return Activity(
        id=new_id(), status=ActivityStatus.DRAFT, created_at=uow.clock.now(), version=1, shifts=[], **values
    )


def copy_of(uow: ActivityUnitOfWork, original: Activity, by: timedelta) -> Activity:
    """A draft like ``original``, some days later at the same time of day; not saved yet."""
    copy = new_draft(uow, **{name: getattr(original, name) for name in _COPIED})
    copy.enroll_by = None if original.enroll_by is None else moved(original.enroll_by, by)
    shifts = [
        ShiftInput(
            starts_at=moved(shift.starts_at, by),
            ends_at=moved(shift.ends_at, by),
            capacity=shift.capacity,
            role=shift.role,
        )
        for shift in original.shifts
    ]
    set_shifts(copy, shifts)
    return copy


def moved(moment: datetime, by: timedelta) -> datetime:
    """The same time of day in Guangdong, some days later."""
    return moment.astimezone(SHANGHAI) + by


def apply(activity: Activity, changes: Mapping[str, Any]) -> None:
    """Take over all fields that ``changes`` name, but the shifts."""
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


def set_shifts(activity: Activity, wanted: Sequence[ShiftInput]) -> None:
    """Make the activity's shifts those that are wanted; one that is there already keeps its id."""
    present = {shift.id: shift for shift in activity.shifts}
    replaced = []
    for place, given in enumerate(wanted):
        shift = present.get(given.shift_id or "") or Shift(id=new_id())
        shift.place, shift.role, shift.capacity = place, given.role, given.capacity
        shift.starts_at, shift.ends_at = given.starts_at, given.ends_at
        replaced.append(shift)
    activity.shifts = replaced
    activity.starts_at = min((shift.starts_at for shift in replaced), default=None)
    activity.ends_at = max((shift.ends_at for shift in replaced), default=None)


def check_shifts(uow: ActivityUnitOfWork, activity: Activity, wanted: Sequence[ShiftInput]) -> None:
    """Raises ``Invalid`` for what the enrollments that are there do not allow."""
    present = {shift.id for shift in activity.shifts}
    errors: list[FieldError] = []
    kept: set[str] = set()
    taken = uow.shifts.counts(present, GIVEN)
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
    if uow.shifts.with_enrollments(present - kept):
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
