"""When something that nobody touches is to be told: after so many working days, and again after as many more.

Why this module exists: reviews and card applications wait for somebody, and each is brought before somebody else in
the same steps (docs/adr/0021). What counts as a working day: ``working_days.py``.
"""

from __future__ import annotations

from datetime import datetime, time

from services.chassis.clock import SHANGHAI, local_day
from services.chassis.working_days import add_working_days, working_days_between


def levels_due(since: datetime, now: datetime, working_days: int) -> int:
    """How many times it is to have been told by now.

    Once for each ``working_days`` that have passed in full; the day on which the waiting began does not count.
    """
    begun = working_days_between(local_day(since), local_day(now))
    return max(0, begun - 1) // working_days


def next_escalation(since: datetime, now: datetime, working_days: int) -> datetime:
    """When it is to be told next: the working day after the next ``working_days`` have passed begins."""
    step = levels_due(since, now, working_days) + 1
    day = add_working_days(local_day(since), step * working_days + 1)
    return datetime.combine(day, time(), SHANGHAI)
