"""Hours are recorded within ten working days after the activity (民政部令67号), or the organization is reminded of it.

Every published activity has a duty. A timer looks at it when the activity has ended, then every hour, and just after
the due day; a scan knows nothing of it, so a crowd at the door waits for no row of its activity. What comes of it is
told: the organization service counts it (docs/adr/0034).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from services.attendance import commands, metrics
from services.attendance.domain import midnight
from services.attendance.domain.duties import COUNTED, SETTLED, Attended, DutyStatus, due_day, judge
from services.attendance.events import RecordDutyChanged
from services.attendance.models import RecordDuty
from services.attendance.repository import AttendanceUnitOfWork
from services.attendance.repository.duties import MissingAtShift
from services.attendance.use_cases.scanning import REVOKED, ROLES
from services.chassis.clock import local_day
from services.chassis.working_days import working_days_between

MAY_SEE = (*ROLES, "reviewer", "viewer")
"""Who sees what an organization owes: counts of people, and no names."""

AT_ONCE = 200
"""How many duties one run of the timer looks at; the rest is due again at the next."""

_LOOK_AGAIN = timedelta(hours=1)
_LOOK_AGAIN_WHEN_OVERDUE = timedelta(days=1)

_NOBODY = Attended(0, 0)


def keep_duty(uow: AttendanceUnitOfWork, activity_id: str) -> None:
    """Take over when a published activity ends, or that it was revoked."""
    activity, ends_at = uow.copies.activity(activity_id), uow.copies.last_shift_end(activity_id)
    duty = uow.duties.lock(activity_id)
    if activity.status == REVOKED or ends_at is None:
        if duty is not None:
            _change(uow, duty, DutyStatus.VOID)
        return
    due_on = due_day(ends_at, uow.settings.record_working_days)
    if duty is None:
        uow.duties.add(
            RecordDuty(
                activity_id=activity_id,
                organization_id=activity.organization_id,
                ends_at=ends_at,
                due_on=due_on,
                status=DutyStatus.WAITING.value,
                look_at=ends_at,
                version=1,
            )
        )
    elif duty.status == DutyStatus.WAITING:
        duty.ends_at, duty.due_on, duty.look_at = ends_at, due_on, ends_at


def look_after_duties(uow: AttendanceUnitOfWork) -> int:
    """The timer: see which activities' records are complete, and which are overdue; answers how many it looked at."""
    now = uow.clock.now()
    due = uow.duties.take_due(now, AT_ONCE)
    attended = uow.duties.attended([duty.activity_id for duty in due])
    for duty in due:
        found = attended.get(duty.activity_id, _NOBODY)
        _change(uow, duty, judge(DutyStatus(duty.status), found, duty.due_on, local_day(now)))
        if duty.status == DutyStatus.WAITING:
            duty.look_at = min(now + _LOOK_AGAIN, midnight(duty.due_on + timedelta(days=1)))
        elif duty.status == DutyStatus.OVERDUE:
            duty.look_at = now + _LOOK_AGAIN_WHEN_OVERDUE
    return len(due)


def _change(uow: AttendanceUnitOfWork, duty: RecordDuty, status: DutyStatus) -> None:
    """Put a duty where it stands now, and tell it if supervision counts it, or did."""
    if duty.status == status:
        return
    counts = duty.status in COUNTED or status in COUNTED
    duty.status = status.value
    duty.version += 1
    if status in SETTLED:
        duty.look_at = None
        duty.closed_on = local_day(uow.clock.now())
    if not counts:
        return
    metrics.RECORD_DUTIES.labels(status.value).inc()
    event = RecordDutyChanged(
        activity_id=duty.activity_id,
        organization_id=duty.organization_id,
        due_on=duty.due_on.isoformat(),
        status=status.value,
        title=uow.copies.activity(duty.activity_id).title,
    )
    uow.publish(event, version=duty.version)


def list_overdue_records(query: commands.ListOverdueRecords, uow: AttendanceUnitOfWork) -> dict[str, Any]:
    """The activities of an organization and those below it whose hours are overdue, longest overdue first."""
    uow.organizations.require(query.organization_id, *MAY_SEE)
    page = uow.page(
        uow.duties.overdue(uow.organizations.subtree(RecordDuty.organization_id, query.organization_id)),
        [RecordDuty.due_on, RecordDuty.activity_id],
        limit=query.limit,
        cursor=query.cursor,
        scope=f"overdue-records:{query.organization_id}",
    )
    missing = uow.duties.missing([duty.activity_id for duty, _ in page.items])
    items = [_shown(uow, duty, title, missing.get(duty.activity_id, ())) for duty, title in page.items]
    return {"items": items, "next_cursor": page.next_cursor}


def _shown(uow: AttendanceUnitOfWork, duty: RecordDuty, title: str, shifts: Sequence[MissingAtShift]) -> dict[str, Any]:
    today = local_day(uow.clock.now())
    return {
        "activity_id": duty.activity_id,
        "organization_id": duty.organization_id,
        "title": title,
        "ended_at": duty.ends_at,
        "due_on": duty.due_on,
        "working_days_overdue": working_days_between(duty.due_on, today),
        "volunteers": sum(shift.volunteers for shift in shifts),
        "shifts": shifts,
    }
