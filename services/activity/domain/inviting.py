"""Whom a filter finds, and what becomes of an invitation (notice, attachment 2, 三.7)."""

from __future__ import annotations

import calendar
from datetime import date
from enum import StrEnum


class Outcome(StrEnum):
    """What became of an invitation. Nobody is bound by one, so a refusal can be followed by an enrollment.

    ``accepted``: has a place, or had one. ``enrolled``: asked for one, whatever was decided. ``declined``: said no, or
    took the enrollment back. ``lapsed``: said nothing while it was possible to enroll.
    """

    PENDING = "pending"
    DECLINED = "declined"
    ENROLLED = "enrolled"
    ACCEPTED = "accepted"
    LAPSED = "lapsed"


def born_by(day: date, age: int) -> date:
    """The last birth date of those who are ``age`` or older on ``day`` (``chassis.clock.age_on``, turned round)."""
    year = day.year - age
    if (day.month, day.day) == (2, 29) and not calendar.isleap(year):
        return date(year, 2, 28)
    return day.replace(year=year)
