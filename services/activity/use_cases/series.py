"""Activities that come again: an activity a day, made by one rule, changed one by one or together.

docs/adr/0028-a-series-is-many-activities.md says why, and what becomes of those that were changed alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from services.activity.commands import ListOccurrences, Repeat
from services.activity.domain.repeating import days_of
from services.activity.models import Activity, Series
from services.activity.repository import ActivityUnitOfWork
from services.activity.use_cases import content, views
from services.activity.use_cases.access import visible
from services.chassis.clock import local_day
from services.chassis.errors import FieldError, Invalid
from services.chassis.ids import new_id


def repeat(uow: ActivityUnitOfWork, first: Activity, wanted: Repeat) -> None:
    """Make ``first`` the first of a series, and draft the others; raises ``Invalid`` for a rule that is none."""
    if first.starts_at is None:
        raise Invalid(FieldError("shifts", "required", "重复的活动须有班次", "are required for what comes again"))
    first_day = local_day(first.starts_at)
    days = days_of(wanted.rule, first_day, wanted.excluded, uow.settings.repeating_rules)
    series = Series(id=new_id(), rule=wanted.rule, excluded=wanted.excluded, created_at=uow.clock.now())
    first.series, first.occurs_on = series, first_day
    for day in days[1:]:
        occurrence = content.copy_of(uow, first, day - first_day)
        occurrence.series, occurrence.occurs_on = series, day
        uow.session.add(occurrence)


def changes_for(other: Activity, edited: Activity, changes: Mapping[str, Any]) -> dict[str, Any]:
    """What an edit of one activity of a series says for another: the same at the same time of day, less what is that
    one's own. A shift is known by its place among the others.
    """
    by = _day(other) - _day(edited)
    found = {name: value for name, value in changes.items() if name not in other.own_fields}
    if found.get("enroll_by") is not None:
        found["enroll_by"] = content.moved(found["enroll_by"], by)
    if "shifts" in found:
        ids = dict(enumerate(shift.id for shift in other.shifts))
        places = {shift.id: place for place, shift in enumerate(edited.shifts)}
        found["shifts"] = [
            replace(
                given,
                starts_at=content.moved(given.starts_at, by),
                ends_at=content.moved(given.ends_at, by),
                shift_id=ids.get(places.get(given.shift_id or "", -1)),
            )
            for given in found["shifts"]
        ]
    return found


def _day(activity: Activity) -> date:
    assert activity.occurs_on is not None  # it belongs to a series
    return activity.occurs_on


def of_day(activity: Activity, refusal: Invalid) -> list[FieldError]:
    """What stands in the way of another activity of the series: its fields, below its day."""
    return [replace(error, field=f"occurrences.{activity.occurs_on}.{error.field}") for error in refusal.errors]


def list_occurrences(query: ListOccurrences, uow: ActivityUnitOfWork) -> dict[str, Any]:
    """The activities of the series, by day; drafts only for those who administer them."""
    activity = visible(uow, query.activity_id)
    if activity.series_id is None:
        return {"items": [], "next_cursor": None}
    page = uow.page(
        uow.series.occurrences(activity.series_id),
        [Activity.occurs_on, Activity.id],
        limit=query.limit,
        cursor=query.cursor,
        scope=f"occurrences:{activity.series_id}",
    )
    return {"items": views.activities(uow, page.items), "next_cursor": page.next_cursor}
