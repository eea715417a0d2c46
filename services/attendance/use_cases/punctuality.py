"""Who came late, left early, was signed out by the organizer or did not come: read when somebody asks, kept nowhere.

A supplement, a correction or a scan that is handed in later changes the answer, as it changes the records.
"""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import Any

from services.attendance import commands
from services.attendance.domain import Interval, midnight
from services.attendance.domain.punctuality import Lapse, Punctuality, Seen, beyond, punctuality_of
from services.attendance.repository import AttendanceUnitOfWork
from services.attendance.use_cases.scanning import ROLES
from services.chassis.masking import masked_name

LOOKERS = (*ROLES, "reviewer", "viewer")
"""Who sees the reports, at the organization or above; names in clear are for :data:`ROLES` alone."""


def list_punctuality(query: commands.ListPunctuality, uow: AttendanceUnitOfWork) -> dict[str, Any]:
    """People of an activity of whom there is something to say, in the order of its shifts.

    Whoever runs its attendance reads their names; who only looks, masked ones. Raises ``NotFound``, ``Forbidden``.
    """
    activity = uow.copies.activity(query.activity_id)
    uow.organizations.require(activity.organization_id, *LOOKERS)
    in_clear = uow.organizations.reaches(activity.organization_id, *ROLES)
    grace = uow.settings.punctuality_grace_minutes
    people, keys = uow.punctuality.of_activity(activity.id, uow.clock.now(), beyond(grace))
    page = uow.page(people, keys, limit=query.limit, cursor=query.cursor, scope=f"punctuality:{activity.id}")
    return {"items": [_shown(row, grace, in_clear=in_clear) for row in page.items], "next_cursor": page.next_cursor}


def _shown(row: Any, grace_minutes: int, *, in_clear: bool) -> dict[str, Any]:
    seen = Seen(row.counts_after, row.counted_before, row.opened_after, row.forced, row.said_absent)
    said = punctuality_of(seen, grace_minutes)
    name = row.name or ""
    return {
        "shift_id": row.shift_id,
        "shift_starts_at": row.shift_starts_at,
        "shift_ends_at": row.shift_ends_at,
        "volunteer_id": row.volunteer_id,
        "name": name if in_clear else masked_name(name),
        "lapses": said.lapses,
        "came_at": None if said.came_after is None else row.shift_starts_at + said.came_after,
        "left_at": None if said.left_before is None else row.shift_ends_at - said.left_before,
        "late_minutes": said.late_minutes,
        "early_minutes": said.early_minutes,
    }


def sum_punctuality(query: commands.SumPunctuality, uow: AttendanceUnitOfWork) -> dict[str, Any]:
    """How many of each there were in an organization and in each of those below it that had anybody accepted."""
    top = uow.organizations.require(query.organization_id, *LOOKERS)
    period = Interval(midnight(query.from_day), midnight(query.to_day + timedelta(days=1)))
    now = uow.clock.now()
    organizations, keys = uow.punctuality.organizations(top.path, period, now)
    page = uow.page(
        organizations,
        keys,
        limit=query.limit,
        cursor=query.cursor,
        scope=f"punctuality:{query.organization_id}:{query.from_day}:{query.to_day}",
    )
    sums = {row.id: Counter(_NOBODY) for row in page.items}
    for alike in uow.punctuality.of_organizations(list(sums), period, now):
        said = punctuality_of(alike.seen, uow.settings.punctuality_grace_minutes)
        sums[alike.organization_id].update(_counted(said, alike.people))
    items = [{"organization_id": row.id, "name": row.name, **sums[row.id]} for row in page.items]
    return {"items": items, "next_cursor": page.next_cursor}


def _counted(said: Punctuality, people: int) -> dict[str, int]:
    """What so many people of whom the same is said add to the sums."""
    return {
        "accepted": people,
        "attended": 0 if Lapse.ABSENT in said.lapses else people,
        "late_minutes": said.late_minutes * people,
        "early_minutes": said.early_minutes * people,
        **{lapse.value: people if lapse in said.lapses else 0 for lapse in Lapse},
    }


_NOBODY = _counted(Punctuality(()), people=0)
