"""The rules of attendance: states, when and where a scan counts, what time it is worth, stars, masked names. No I/O.

Sources: notice, attachment 2, 二.7 (scans), 二.8 (disclosure, objections), 三.9 (codes, supplements, in-person
verification); FACTS.md (real time served: 民政部令67号; pairs a day, fence, disclosure days: practice, so settings).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from services.chassis.errors import IllegalTransition


class Direction(StrEnum):
    """Which way a code leads: into the shift or out of it."""

    SIGN_IN = "sign_in"
    SIGN_OUT = "sign_out"


class Provenance(StrEnum):
    """Where minutes in the ledger come from. Every minute keeps it for good (FACTS.md, 志愿汇)."""

    SCAN = "scan"
    SUPPLEMENT = "supplement"
    CORRECTION = "correction"


class RecordStatus(StrEnum):
    """Where a service record stands (DESIGN.md, 6. States)."""

    OPEN = "open"
    RECORDED = "recorded"
    DISCLOSED = "disclosed"
    FROZEN = "frozen"
    CONFIRMED = "confirmed"


class SupplementStatus(StrEnum):
    """Where a supplement stands."""

    SUBMITTED = "submitted"
    APPROVED = "approved"
    REJECTED = "rejected"


REVIEWED_AS = {
    "pending": SupplementStatus.SUBMITTED,
    "approved": SupplementStatus.APPROVED,
    "rejected": SupplementStatus.REJECTED,
}
"""The words that all kinds of reviews share (API.md), and what they mean for a supplement."""


class ObjectionStatus(StrEnum):
    """Where an objection stands."""

    OPEN = "open"
    UPHELD = "upheld"
    DISMISSED = "dismissed"


class DisclosureStatus(StrEnum):
    """Whether objections to an activity's hours are still taken."""

    OPEN = "open"
    CLOSED = "closed"


_NEXT: dict[RecordStatus, frozenset[RecordStatus]] = {
    RecordStatus.OPEN: frozenset({RecordStatus.RECORDED}),
    RecordStatus.RECORDED: frozenset({RecordStatus.DISCLOSED}),
    RecordStatus.DISCLOSED: frozenset({RecordStatus.FROZEN, RecordStatus.CONFIRMED}),
    RecordStatus.FROZEN: frozenset({RecordStatus.DISCLOSED}),
    RecordStatus.CONFIRMED: frozenset(),
}

OBJECTIONABLE = frozenset({RecordStatus.DISCLOSED, RecordStatus.FROZEN})
"""The states in which anybody may object to a record, and in which the public sees it."""


def change_status(current: str, attempted: RecordStatus) -> RecordStatus:
    """``attempted``, if a record may go there from ``current``; raises ``IllegalTransition``."""
    if attempted not in _NEXT[RecordStatus(current)]:
        raise IllegalTransition(current=str(current), attempted=attempted.value)
    return attempted


@dataclass(frozen=True, slots=True)
class Interval:
    """A time from ``starts_at`` up to, and without, ``ends_at``."""

    starts_at: datetime
    ends_at: datetime

    @property
    def minutes(self) -> int:
        """Whole minutes; what is left over is not rounded up."""
        return int((self.ends_at - self.starts_at).total_seconds() // 60)

    def overlaps(self, other: Interval) -> bool:
        """Whether they share a moment; back-to-back ones do not."""
        return self.starts_at < other.ends_at and other.starts_at < self.ends_at

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


@dataclass(frozen=True, slots=True)
class Place:
    """A point on the earth, in degrees (WGS 84)."""

    latitude: float
    longitude: float

    def metres_to(self, other: Place) -> float:
        """The distance along the surface (haversine)."""
        mine, theirs = math.radians(self.latitude), math.radians(other.latitude)
        half_width = math.radians(other.longitude - self.longitude) / 2
        a = math.sin((theirs - mine) / 2) ** 2 + math.cos(mine) * math.cos(theirs) * math.sin(half_width) ** 2
        return 2 * _EARTH_RADIUS_METRES * math.asin(math.sqrt(min(1.0, a)))


_EARTH_RADIUS_METRES = 6_371_000


@dataclass(frozen=True, slots=True)
class Fence:
    """The circle from which scans are taken."""

    centre: Place
    metres: int

    def holds(self, place: Place | None) -> bool:
        """Whether ``place`` is inside; a scan that does not say where it comes from is not."""
        return place is not None and self.centre.metres_to(place) <= self.metres


STAR_HOURS = (100, 300, 600, 1000, 1500)
"""Confirmed hours of each star (FACTS.md, Stars: the draft of 2012, used on Guangdong's card page)."""


def star_of(confirmed_minutes: int) -> int:
    """How many stars so many confirmed minutes are worth, 0 to 5."""
    return sum(confirmed_minutes >= hours * 60 for hours in STAR_HOURS)


def minutes_to_next_star(confirmed_minutes: int) -> int | None:
    """How many confirmed minutes are missing for the next star; None for who has them all."""
    star = star_of(confirmed_minutes)
    return None if star == len(STAR_HOURS) else STAR_HOURS[star] * 60 - confirmed_minutes
