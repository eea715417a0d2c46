"""Time, injected.

Why this module exists: rules of the platform speak of days, deadlines and windows, so their tests (and the
demonstration, where days pass in a minute) need a clock that can be moved. Nothing outside this module asks the
operating system what time it is. Inside the platform time is UTC; at the edge it is Asia/Shanghai.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Protocol
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")


class Clock(Protocol):
    """Anything that tells the time."""

    def now(self) -> datetime:
        """The present moment, aware, in UTC."""
        ...


class SystemClock:
    """The operating system's clock."""

    def now(self) -> datetime:
        """The present moment in UTC."""
        return datetime.now(UTC)


class FileOffsetClock:
    """The system's clock plus the number of seconds that stands in a file.

    Every process of a development platform reads the same file, so one write moves the whole platform, and a
    process that is killed and restarted finds the time where it was. A production start refuses this clock.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._seen_mtime_ns = -1
        self._offset = timedelta()

    def now(self) -> datetime:
        """The moved moment in UTC."""
        return datetime.now(UTC) + self.offset()

    def offset(self) -> timedelta:
        """How far the clock stands ahead of the system's."""
        try:
            mtime_ns = self._path.stat().st_mtime_ns
        except FileNotFoundError:
            return timedelta()
        if mtime_ns != self._seen_mtime_ns:
            self._offset = timedelta(seconds=float(self._path.read_text() or 0))
            self._seen_mtime_ns = mtime_ns
        return self._offset

    def advance(self, by: timedelta) -> datetime:
        """Move every clock that reads this file forward; answers the new moment."""
        moved = self.offset() + by
        replacement = self._path.with_suffix(".new")
        replacement.write_text(str(moved.total_seconds()))
        replacement.replace(self._path)  # readers see the old number or the new one, never half of one
        return self.now()


class FixedClock:
    """A clock that stands still until a test moves it."""

    def __init__(self, at: datetime) -> None:
        if at.tzinfo is None:
            raise ValueError("a clock needs an aware moment")
        self._at = at.astimezone(UTC)

    def now(self) -> datetime:
        """The moment it was set to."""
        return self._at

    def advance(self, **by: float) -> None:
        """Move forward by ``timedelta(**by)``."""
        self._at += timedelta(**by)


def local_day(instant: datetime) -> date:
    """The calendar day in Asia/Shanghai on which ``instant`` falls."""
    return instant.astimezone(SHANGHAI).date()


def age_on(day: date, birth_date: date) -> int:
    """Full years on ``day``; whoever was born on 29 February is a year older on 1 March of a common year."""
    return day.year - birth_date.year - ((day.month, day.day) < (birth_date.month, birth_date.day))
