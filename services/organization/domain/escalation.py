"""When a review that nobody decides goes to the organization above (docs/adr/0021)."""

from __future__ import annotations

from datetime import datetime, time

from services.chassis.clock import SHANGHAI, local_day
from services.chassis.working_days import add_working_days, working_days_between


def levels_due(submitted_at: datetime, now: datetime, working_days: int) -> int:
    """How many organizations above the one that should decide are to be told by now.

    One for each ``working_days`` that have passed in full; the day of the submission does not count.
    """
    begun = working_days_between(local_day(submitted_at), local_day(now))
    return max(0, begun - 1) // working_days


def next_escalation(submitted_at: datetime, now: datetime, working_days: int) -> datetime:
    """When the next one is to be told: the working day after the next ``working_days`` have passed begins."""
    step = levels_due(submitted_at, now, working_days) + 1
    day = add_working_days(local_day(submitted_at), step * working_days + 1)
    return datetime.combine(day, time(), SHANGHAI)
