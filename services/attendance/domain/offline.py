"""Scans that are handed in later: what may stand against one, and how sign-ins and sign-outs are put together.

A phone without network keeps what it scanned and hands it in when it can, in pieces, in any order, perhaps from two
phones. What comes of it must not depend on that order. So nothing is decided scan by scan: all scans of a volunteer at
a shift are laid out in time, and what would have come of them at the door comes of them now (docs/adr/0026).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from services.attendance.domain.states import Direction
from services.attendance.domain.time import Interval
from services.chassis.clock import local_day


class ConflictKind(StrEnum):
    """What stands against a scan that was handed in later, so that an organizer has to look at it."""

    CLOCK_CONTRADICTS = "clock_contradicts"
    TIME_UNPROVED = "time_unproved"
    TOO_LATE = "uploaded_too_late"
    NOT_ACCEPTED = "not_accepted"
    NOT_VERIFIED_IN_PERSON = "not_verified_in_person"
    ACTIVITY_REVOKED = "activity_revoked"
    STATIC_CODE_NOT_ALLOWED = "static_code_not_allowed"
    WRONG_TIME = "wrong_time"
    OUTSIDE_FENCE = "outside_fence"
    AFTER_DISCLOSURE = "after_disclosure"
    ALREADY_SIGNED_IN = "already_signed_in"
    NOT_SIGNED_IN = "not_signed_in"
    TOO_MANY_PAIRS = "too_many_pairs"
    OVERLAPS_RECORD = "overlaps_record"


class Resolution(StrEnum):
    """What an organizer decided about such a scan."""

    ACCEPTED = "accepted"
    DISMISSED = "dismissed"


FROM_COMPANY = frozenset(
    {
        ConflictKind.ALREADY_SIGNED_IN,
        ConflictKind.NOT_SIGNED_IN,
        ConflictKind.TOO_MANY_PAIRS,
        ConflictKind.OVERLAPS_RECORD,
    }
)
"""What follows from the other scans and records of the volunteer, and may pass when another scan arrives."""

CURED_ELSEWHERE = frozenset(
    {
        ConflictKind.NOT_ACCEPTED,
        ConflictKind.NOT_VERIFIED_IN_PERSON,
        ConflictKind.ACTIVITY_REVOKED,
        ConflictKind.STATIC_CODE_NOT_ALLOWED,
    }
)
"""What no organizer can vouch for; once the reason is gone, the scan can be accepted."""

VOUCHED_FOR = frozenset(ConflictKind) - FROM_COMPANY - CURED_ELSEWHERE | {ConflictKind.TOO_MANY_PAIRS}
"""What an organizer who was there may vouch for."""


@dataclass(frozen=True, slots=True)
class Mark:
    """A sign-in or sign-out at a moment. ``record_id``: the record that the platform opened itself at this sign-in.

    ``vouched``: an organizer accepted it, however many pairs there are that day.
    """

    key: str
    direction: Direction
    at: datetime
    record_id: str | None = None
    vouched: bool = False


@dataclass(frozen=True, slots=True)
class Pair:
    """A sign-in with its sign-out; without one while the volunteer has not signed out."""

    sign_in: Mark
    sign_out: Mark | None


@dataclass(frozen=True, slots=True)
class Story:
    """What comes of all marks: pairs in time's order, and what stands against each mark that is in none."""

    pairs: tuple[Pair, ...]
    against: Mapping[str, ConflictKind]


def put_together(
    marks: Iterable[Mark], shift: Interval, taken: Sequence[Interval], used: Mapping[date, int], limit: int
) -> Story:
    """What would have come of ``marks`` at the door of ``shift``, whatever the order in which they are given.

    The first sign-in opens and the first sign-out after it closes. ``taken`` are times that count already and are not
    touched; no pair reaches into one. ``used``: sign-ins of each day that stand anyhow; ``limit``: how many may be.
    """
    pairs: list[Pair] = []
    against: dict[str, ConflictKind] = {}
    opened = Counter(used)
    standing: Mark | None = None

    def give_up(mark: Mark, kind: ConflictKind) -> None:
        if mark.record_id is None:  # what the platform saw itself stays as it is
            against[mark.key] = kind

    for mark in sorted(marks, key=_in_time):
        moment = _inside(shift, mark.at)
        if standing is not None and _reaches_into(taken, _inside(shift, standing.at), moment):
            give_up(standing, ConflictKind.OVERLAPS_RECORD)
            standing = None
        if mark.direction is Direction.SIGN_OUT:
            if standing is None:
                against[mark.key] = (
                    ConflictKind.OVERLAPS_RECORD if _holds(taken, moment) else ConflictKind.NOT_SIGNED_IN
                )
                continue
            pairs.append(Pair(standing, mark))
            opened[local_day(standing.at)] += standing.record_id is None
            standing = None
        elif mark.record_id is not None:
            if standing is not None:
                give_up(standing, ConflictKind.ALREADY_SIGNED_IN)
            standing = mark
        elif standing is not None:
            against[mark.key] = ConflictKind.ALREADY_SIGNED_IN
        elif _holds(taken, moment):
            against[mark.key] = ConflictKind.OVERLAPS_RECORD
        elif opened[local_day(mark.at)] >= limit and not mark.vouched:
            against[mark.key] = ConflictKind.TOO_MANY_PAIRS
        else:
            standing = mark
    if standing is not None:
        if _reaches_into(taken, _inside(shift, standing.at), shift.ends_at):
            give_up(standing, ConflictKind.OVERLAPS_RECORD)
        else:
            pairs.append(Pair(standing, None))
    return Story(tuple(pairs), against)


def _in_time(mark: Mark) -> tuple[datetime, bool, str]:
    """In time's order; of two at the same moment the sign-in comes first."""
    return mark.at, mark.direction is Direction.SIGN_OUT, mark.key


def _inside(shift: Interval, moment: datetime) -> datetime:
    return min(max(moment, shift.starts_at), shift.ends_at)


def _holds(taken: Sequence[Interval], moment: datetime) -> bool:
    return any(time.starts_at <= moment < time.ends_at for time in taken)


def _reaches_into(taken: Sequence[Interval], since: datetime, until: datetime) -> bool:
    return any(since <= time.starts_at < until for time in taken)
