"""Working days of the mainland: no weekends, no public holidays, and the days that are worked in their stead.

Why this module exists: deadlines of the platform are told in working days (an escalated review, hours that are due),
and the State Council moves working days around its holidays. ``chinese_calendar`` has its yearly notices; the one for
a year comes out in the autumn before. A year that the library does not know yet has plain weeks, Monday to Friday: a
deadline that is off by a holiday is better than none. That is logged once for each year; an update of the library is
the cure.
"""

from __future__ import annotations

from datetime import date, timedelta
from functools import lru_cache

import chinese_calendar

from services.chassis.logs import get_logger

log = get_logger(__name__)

_DAY = timedelta(days=1)
_SATURDAY = 5


@lru_cache(maxsize=4096)
def is_working_day(day: date) -> bool:
    """Whether one works on ``day``."""
    return chinese_calendar.is_workday(day) if _is_known(day.year) else day.weekday() < _SATURDAY


def add_working_days(day: date, count: int) -> date:
    """The ``count``-th working day after ``day``, which itself does not count; ``day`` for 0."""
    if count < 0:
        raise ValueError("working days are counted forward")
    while count:
        day += _DAY
        count -= is_working_day(day)
    return day


def working_days_between(day: date, until: date) -> int:
    """How many working days come after ``day``, up to ``until`` and with it; 0 if ``until`` is not later."""
    return sum(is_working_day(day + _DAY * n) for n in range(1, (until - day).days + 1))


@lru_cache(maxsize=64)
def _is_known(year: int) -> bool:
    try:
        chinese_calendar.is_workday(date(year, 1, 1))
    except NotImplementedError:
        log.warning("holidays_unknown", year=year)
        return False
    return True
