"""What waits for the morning, and what for the next day.

Why this module exists: a phone that buzzes at midnight is the end of somebody's trust; a shift at seven is not worth
less for being announced late.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta

from services.chassis.clock import SHANGHAI

# What begins or lapses within this much is told at once, whatever the hour.
SOON = timedelta(hours=24)


@dataclass(frozen=True)
class QuietHours:
    """From ``begin`` to ``end``, Shanghai time; they may cross midnight."""

    begin: time
    end: time

    @classmethod
    def parse(cls, text: str) -> QuietHours | None:
        """``22:00-08:00``; ``none`` for none. Raises ``ValueError``."""
        if text == "none":
            return None
        begin, dash, end = text.partition("-")
        if not dash:
            raise ValueError("must be as 22:00-08:00, or none")
        return cls(time.fromisoformat(begin), time.fromisoformat(end))

    def end_of(self, now: datetime) -> datetime | None:
        """When it is over; None if it is not quiet at ``now``."""
        local = now.astimezone(SHANGHAI)
        moment = local.time()
        after_begin, before_end = self.begin <= moment, moment < self.end
        crosses_midnight = self.end < self.begin
        if not ((after_begin or before_end) if crosses_midnight else (after_begin and before_end)):
            return None
        day = local.date() if before_end else local.date() + timedelta(days=1)
        return datetime.combine(day, self.end, SHANGHAI)


def can_wait(now: datetime, about: datetime | None) -> bool:
    """Whether a message waits for the morning; ``about`` is when what it is about begins or lapses."""
    return about is None or not now <= about < now + SOON


def next_day(now: datetime) -> datetime:
    """The first moment of tomorrow, Shanghai time: when a day's budget is new."""
    return datetime.combine(now.astimezone(SHANGHAI).date() + timedelta(days=1), time(), SHANGHAI)
