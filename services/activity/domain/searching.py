"""Which time a search looks at."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from services.chassis.clock import SHANGHAI

LONGEST = timedelta(days=366)
"""How many days one search takes in, if it names any: a year, a leap year's last day included."""
_DAY = timedelta(days=1)
_FIRST_STRETCH, _GROWTH = timedelta(days=45), 8


@dataclass(frozen=True)
class Days:
    """First and last day that somebody names, both included. One that is left open is as far off as it may be."""

    first: date
    last: date

    @classmethod
    def of(cls, first: date | None, last: date | None) -> Days | None:
        """None: no day is named."""
        if first is not None:
            return cls(first, last or first + LONGEST - _DAY)
        return None if last is None else cls(last - LONGEST + _DAY, last)

    @property
    def too_many(self) -> bool:
        """Whether they are more than one search takes in."""
        return self.last - self.first >= LONGEST

    @property
    def begin(self) -> datetime:
        """Midnight in Guangdong before the first."""
        return datetime.combine(self.first, time(), SHANGHAI)

    @property
    def end(self) -> datetime:
        """Midnight in Guangdong after the last."""
        return datetime.combine(self.last + _DAY, time(), SHANGHAI)


@dataclass(frozen=True)
class Period:
    """What an activity has to reach into to be found: from ``begin`` up to ``end``, or on and on."""

    begin: datetime
    end: datetime | None

    @classmethod
    def of(cls, days: Days | None, now: datetime, *, ahead: bool) -> Period:
        """The days; without any, what has not ended. ``ahead``: what is asked for lies in the future anyway."""
        if days is None:
            return cls(now, None)
        return cls(max(days.begin, now) if ahead else days.begin, days.end)

    def beginnings(self) -> Iterator[Period]:
        """Ever longer parts from ``begin`` on; the last is all of it. What goes on and on has none but itself."""
        for length in self._lengths():
            yield replace(self, end=self.begin + length)
        yield self

    def endings(self) -> Iterator[Period]:
        """Ever longer parts up to ``end``, likewise."""
        for length in self._lengths():
            assert self.end is not None
            yield replace(self, begin=self.end - length)
        yield self

    def _lengths(self) -> Iterator[timedelta]:
        """How long parts are that are worth a look of their own: less than half."""
        length = _FIRST_STRETCH
        while self.end is not None and self.begin + length * 2 < self.end:
            yield length
            length *= _GROWTH
