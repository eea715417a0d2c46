"""What looks wrong in records of service, and may have a good reason: it is shown and explained, and stops nothing.

Pure: what is looked at comes in as :class:`Presence`, what is found goes out as :class:`Finding`. Limits are settings.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from itertools import combinations, pairwise
from typing import Any

from services.attendance.domain.place import Place


class AnomalyKind(StrEnum):
    """What can look wrong."""

    OVERLAP = "overlap"  # at two activities at once
    IMPOSSIBLE_TRAVEL = "impossible_travel"  # from one place to the next faster than anybody travels
    SHARED_DEVICE = "shared_device"  # one telephone scans for many
    LONG_DAY = "long_day"  # more hours than a day's service has
    BULK_SUPPLEMENTS = "bulk_supplements"  # one account asks for, or approves, many in a day


class AnomalyStatus(StrEnum):
    """Whether somebody has looked into it, and with which outcome."""

    OPEN = "open"
    EXPLAINED = "explained"
    CONFIRMED = "confirmed"


OUTCOMES = (AnomalyStatus.EXPLAINED, AnomalyStatus.CONFIRMED)


@dataclass(frozen=True, slots=True)
class Presence:
    """Somebody was at an activity from ``began_at`` to ``ended_at``, by their scans where there are any."""

    record_id: str
    activity_id: str
    organization_id: str
    began_at: datetime
    ended_at: datetime
    day: date
    minutes: int
    place_in: Place | None
    place_out: Place | None


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that looks wrong. ``fingerprint``: what it is about; found again, it is the same one."""

    kind: AnomalyKind
    fingerprint: str
    organization_ids: frozenset[str]
    day: date
    facts: dict[str, Any]


def overlaps(presences: Sequence[Presence], at_least: timedelta) -> Iterator[Finding]:
    """Presences at two activities that share ``at_least`` so much time."""
    for one, other in combinations(presences, 2):
        shared = min(one.ended_at, other.ended_at) - max(one.began_at, other.began_at)
        if one.activity_id != other.activity_id and shared >= at_least:
            yield _of_two(AnomalyKind.OVERLAP, one, other, {"minutes": int(shared.total_seconds() // 60)})


def impossible_travel(presences: Sequence[Presence], *, fastest_kmh: int, least_km: int) -> Iterator[Finding]:
    """Two presences, one after the other, between which nobody travels; ``least_km``: below it a location is rough."""
    for one, other in pairwise(sorted(presences, key=lambda presence: presence.began_at)):
        if one.place_out is None or other.place_in is None:
            continue
        km = one.place_out.metres_to(other.place_in) / 1000
        minutes = (other.began_at - one.ended_at).total_seconds() / 60
        if km >= least_km and km * 60 > fastest_kmh * max(minutes, 0):
            facts = {"kilometres": round(km), "minutes": int(minutes)}
            yield _of_two(AnomalyKind.IMPOSSIBLE_TRAVEL, one, other, facts)


def _of_two(kind: AnomalyKind, one: Presence, other: Presence, figures: dict[str, Any]) -> Finding:
    record_ids = sorted((one.record_id, other.record_id))
    organizations = frozenset((one.organization_id, other.organization_id))
    return Finding(kind, ":".join(record_ids), organizations, other.day, {**figures, "record_ids": record_ids})


def long_days(volunteer_id: str, presences: Sequence[Presence], most_hours: int) -> Iterator[Finding]:
    """Days on which more than ``most_hours`` were served altogether."""
    for day in sorted({presence.day for presence in presences}):
        of_day = [presence for presence in presences if presence.day == day]
        minutes = sum(presence.minutes for presence in of_day)
        if minutes > most_hours * 60:
            organizations = frozenset(presence.organization_id for presence in of_day)
            facts = {"minutes": minutes, "record_ids": sorted(presence.record_id for presence in of_day)}
            yield Finding(AnomalyKind.LONG_DAY, f"{volunteer_id}:{day}", organizations, day, facts)
