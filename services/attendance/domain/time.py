"""When a scan is taken, and what time it is worth."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from services.attendance.domain.states import Direction


@dataclass(frozen=True, slots=True)
class Interval:
    """A time from ``starts_at`` up to, and without, ``ends_at``."""

    starts_at: datetime
    ends_at: datetime

    @property
    def minutes(self) -> int:
        """Whole minutes; what is left over is not rounded up."""
        return int((self.ends_at - self.starts_at).total_seconds() // 60)

    def split_after(self, minutes: int) -> tuple[Interval, Interval]:
        """Its first whole ``minutes``, and the rest; all of it, and nothing, if it has no more than these."""
        if minutes >= self.minutes:
            return self, Interval(self.ends_at, self.ends_at)
        cut = self.starts_at + timedelta(minutes=minutes)
        return Interval(self.starts_at, cut), Interval(cut, self.ends_at)

    def overlaps(self, other: Interval) -> bool:
        """Whether they share a moment; back-to-back ones do not."""
        return self.starts_at < other.ends_at and other.starts_at < self.ends_at

    def spanning(self, other: Interval) -> Interval:
        """From the earlier start to the later end."""
        return Interval(min(self.starts_at, other.starts_at), max(self.ends_at, other.ends_at))

    def holds(self, other: Interval) -> bool:
        """Whether ``other`` lies in it, its ends included."""
        return self.starts_at <= other.starts_at and other.ends_at <= self.ends_at

    def clipped_to(self, bounds: Interval) -> Interval:
        """The part inside ``bounds``; of no length where there is none."""
        starts_at = min(max(self.starts_at, bounds.starts_at), bounds.ends_at)
        return Interval(starts_at, max(starts_at, min(self.ends_at, bounds.ends_at)))


def served(signed_in_at: datetime, signed_out_at: datetime, shift: Interval) -> Interval:
    """The time that a pair of scans is worth: what lies between them, inside the shift.

    The real time served counts (民政部令67号). Who comes early waits, and does not serve yet; who is kept longer than
    the shift is given the rest by a supplement, which somebody above has to judge (notice, attachment 2, 三.9).
    """
    return Interval(signed_in_at, signed_out_at).clipped_to(shift)


LONGEST_SERVICE = timedelta(hours=24)
"""What no supplement or correction exceeds: who serves for days has a shift, and a record, for each."""


def scan_window(direction: Direction, shift: Interval, *, before: timedelta, after: timedelta) -> Interval:
    """When a scan is taken: from ``before`` the start; to sign in until the end, to sign out until ``after`` it."""
    last = shift.ends_at if direction is Direction.SIGN_IN else shift.ends_at + after
    return Interval(shift.starts_at - before, last)
