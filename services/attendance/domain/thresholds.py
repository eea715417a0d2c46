"""How much of a day counts at once, and who has to agree to the rest (FACTS.md, "Practice on i志愿").

Hours count at once up to eight a person a day. What goes beyond waits for an organization above, and beyond twelve for
the province. Days are those of Asia/Shanghai. A minute belongs to the day on which it begins, so that a service across
midnight has as many minutes in two parts as in one.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from services.attendance.domain.time import Interval
from services.chassis.clock import SHANGHAI, local_day


class Band(StrEnum):
    """Who decides about minutes beyond what counts at once."""

    PARENT = "parent"  # an organization above the one that recorded them
    PROVINCE = "province"  # the root of the tree


class HeldStatus(StrEnum):
    """Where held minutes stand. ``lapsed``: their record was corrected, or they wait under another row since."""

    WAITING = "waiting"
    GRANTED = "granted"
    REFUSED = "refused"
    LAPSED = "lapsed"


HELD_REVIEWED_AS = {
    "pending": HeldStatus.WAITING,
    "approved": HeldStatus.GRANTED,
    "rejected": HeldStatus.REFUSED,
}
"""The words that all kinds of reviews share (API.md), and what they mean for held minutes."""


@dataclass(frozen=True, slots=True)
class DayThresholds:
    """Minutes of a person's day: up to ``at_once`` nobody is asked, up to ``parent`` an organization above."""

    at_once: int
    parent: int

    def room_of_parent(self, decided: int) -> int:
        """About how many minutes an organization above may still decide, if it has about ``decided``."""
        return max(0, self.parent - self.at_once - decided)


def midnight(day: date) -> datetime:
    """When ``day`` begins."""
    return datetime.combine(day, time(), SHANGHAI)


def by_day(served: Interval) -> Iterator[tuple[date, Interval]]:
    """``served`` in parts, one for each day on which a minute of it begins; their minutes add up to its own."""
    rest = served
    while rest.minutes:
        day = local_day(rest.starts_at)
        until_midnight = midnight(day + timedelta(days=1)) - rest.starts_at
        part, rest = rest.split_after(math.ceil(until_midnight / timedelta(minutes=1)))
        yield day, part


def in_bands(times: Sequence[Interval], room: int) -> list[list[tuple[Band, Interval]]]:
    """For each of a day's ``times`` that may not count at once, in this order, who decides about which part.

    ``room``: about how many minutes of the day an organization above may still decide.
    """
    found = []
    for served in times:
        below, beyond = served.split_after(room)
        room -= below.minutes
        parts = ((Band.PARENT, below), (Band.PROVINCE, beyond))
        found.append([(band, part) for band, part in parts if part.minutes])
    return found
