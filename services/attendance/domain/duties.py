"""By when an activity's hours must be recorded, and whether they were (民政部令67号: within ten working days)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from services.chassis.clock import local_day
from services.chassis.working_days import add_working_days


class DutyStatus(StrEnum):
    """Where an activity's duty stands. Supervision counts what was decided: in time, overdue or late."""

    WAITING = "waiting"  # not over, or there is time left
    IN_TIME = "in_time"
    OVERDUE = "overdue"
    LATE = "late"  # complete by now, and it was overdue
    VOID = "void"  # revoked, or nobody had a place


COUNTED = frozenset({DutyStatus.IN_TIME, DutyStatus.OVERDUE, DutyStatus.LATE})
"""What supervision counts."""

SETTLED = frozenset({DutyStatus.IN_TIME, DutyStatus.LATE, DutyStatus.VOID})
"""Nobody has to look at these again."""


def due_day(ends_at: datetime, working_days: int) -> date:
    """The last day on which the hours of what ended then are recorded in time."""
    return add_working_days(local_day(ends_at), working_days)


@dataclass(frozen=True, slots=True)
class Attended:
    """Of an activity that is over: how many had a place, and of how many there is neither a record nor an absence."""

    places: int
    missing: int


def judge(status: DutyStatus, attended: Attended, due_on: date, today: date) -> DutyStatus:
    """Where the duty of an activity that is over stands ``today``."""
    if not attended.missing and attended.places:
        return DutyStatus.LATE if status is DutyStatus.OVERDUE else DutyStatus.IN_TIME
    if today <= due_on:
        return DutyStatus.WAITING
    return DutyStatus.OVERDUE if attended.missing else DutyStatus.VOID
