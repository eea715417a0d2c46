"""The states of activities and enrollments (DESIGN.md, 6), and what follows from the clock."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

from services.chassis.errors import AlreadyDecided, IllegalTransition


class Span(Protocol):
    """Anything that lasts from one moment to another; the end is not part of it."""

    @property
    def starts_at(self) -> datetime:
        """The first moment."""

    @property
    def ends_at(self) -> datetime:
        """The first moment after it."""


class ActivityStatus(StrEnum):
    """Where an activity stands; what the clock says is its :class:`Phase`."""

    DRAFT = "draft"
    PUBLISHED = "published"
    REVOKED = "revoked"


class Phase(StrEnum):
    """What the clock makes of an activity's shifts."""

    UPCOMING = "upcoming"
    ONGOING = "ongoing"
    ENDED = "ended"


class Approval(StrEnum):
    """Who decides on an enrollment: an organizer, or the order of arrival."""

    MANUAL = "manual"
    INSTANT = "instant"


class EnrollmentStatus(StrEnum):
    """Where an enrollment stands."""

    APPLIED = "applied"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    WAITLISTED = "waitlisted"
    OFFERED = "offered"
    LAPSED = "lapsed"
    WITHDRAWN = "withdrawn"
    ABSENT = "absent"


class Source(StrEnum):
    """How an enrollment came about: the volunteer asked, or stood there and was let in."""

    SELF = "self"
    WALK_IN = "walk_in"


_ACTIVITY_STEPS: dict[ActivityStatus, frozenset[ActivityStatus]] = {
    ActivityStatus.DRAFT: frozenset({ActivityStatus.PUBLISHED}),
    ActivityStatus.PUBLISHED: frozenset({ActivityStatus.REVOKED}),
    ActivityStatus.REVOKED: frozenset(),
}

_ENROLLMENT_STEPS: dict[EnrollmentStatus, frozenset[EnrollmentStatus]] = {
    EnrollmentStatus.APPLIED: frozenset(
        {EnrollmentStatus.ACCEPTED, EnrollmentStatus.REJECTED, EnrollmentStatus.WITHDRAWN}
    ),
    EnrollmentStatus.ACCEPTED: frozenset({EnrollmentStatus.WITHDRAWN, EnrollmentStatus.ABSENT}),
    EnrollmentStatus.REJECTED: frozenset(),
    # lapsed: the shift began, or the activity was revoked, before a place became free
    # accepted: came nevertheless, and was let in (walk-in)
    EnrollmentStatus.WAITLISTED: frozenset(
        {EnrollmentStatus.OFFERED, EnrollmentStatus.WITHDRAWN, EnrollmentStatus.LAPSED, EnrollmentStatus.ACCEPTED}
    ),
    # withdrawn: the offer was declined
    EnrollmentStatus.OFFERED: frozenset(
        {EnrollmentStatus.ACCEPTED, EnrollmentStatus.WITHDRAWN, EnrollmentStatus.LAPSED}
    ),
    EnrollmentStatus.LAPSED: frozenset(),
    EnrollmentStatus.WITHDRAWN: frozenset(),
    # was there after all
    EnrollmentStatus.ABSENT: frozenset({EnrollmentStatus.ACCEPTED}),
}

# An offer keeps its place until it is answered or lapses.
HOLDS_A_PLACE = frozenset({EnrollmentStatus.ACCEPTED, EnrollmentStatus.OFFERED})
# What an activity cannot take back by having fewer places: a place that somebody has, or had and did not come for.
GIVEN = HOLDS_A_PLACE | {EnrollmentStatus.ABSENT}
# Whose place it was in the end, whether they came or not.
ACCEPTED = GIVEN - {EnrollmentStatus.OFFERED}
# What a volunteer has asked for or been promised, and cannot do elsewhere at the same time. Waiting promises nothing.
CLAIMS_TIME = frozenset({EnrollmentStatus.APPLIED, EnrollmentStatus.ACCEPTED, EnrollmentStatus.OFFERED})
OPEN = CLAIMS_TIME | {EnrollmentStatus.WAITLISTED}
# Who withdrew or let an offer lapse may come again; who was rejected may not.
MAY_COME_AGAIN = frozenset({EnrollmentStatus.WITHDRAWN, EnrollmentStatus.LAPSED})


def change_activity(current: str, attempted: ActivityStatus) -> ActivityStatus:
    """``attempted``, if an activity may go there; raises ``IllegalTransition``. Revoked is final (三.6)."""
    if attempted not in _ACTIVITY_STEPS[ActivityStatus(current)]:
        raise IllegalTransition(current=current, attempted=attempted.value)
    return attempted


def change_enrollment(current: str, attempted: EnrollmentStatus) -> EnrollmentStatus:
    """``attempted``, if an enrollment may go there; raises ``IllegalTransition``."""
    if attempted not in _ENROLLMENT_STEPS[EnrollmentStatus(current)]:
        raise IllegalTransition(current=current, attempted=attempted.value)
    return attempted


def decided(current: str, accept: bool) -> EnrollmentStatus:
    """What an organizer's decision makes of an enrollment; raises ``AlreadyDecided`` unless somebody just applied."""
    if current != EnrollmentStatus.APPLIED:
        raise AlreadyDecided(status=current)
    return EnrollmentStatus.ACCEPTED if accept else EnrollmentStatus.REJECTED


def offer_answered(current: str, accept: bool) -> EnrollmentStatus:
    """What the volunteer's answer makes of an offer; raises ``IllegalTransition`` where there is none (any more)."""
    answer = EnrollmentStatus.ACCEPTED if accept else EnrollmentStatus.WITHDRAWN
    if current != EnrollmentStatus.OFFERED:
        raise IllegalTransition(current=current, attempted=answer.value)
    return answer


def phase_of(shifts: Sequence[Span], now: datetime) -> Phase | None:
    """Upcoming before the first shift, ended after the last, ongoing between; None without shifts."""
    if not shifts:
        return None
    if now < min(shift.starts_at for shift in shifts):
        return Phase.UPCOMING
    return Phase.ENDED if now >= max(shift.ends_at for shift in shifts) else Phase.ONGOING


def overlap(one: Span, other: Span) -> bool:
    """Whether nobody can do both. Back-to-back is no overlap: one ends at the moment the other starts."""
    return one.starts_at < other.ends_at and other.starts_at < one.ends_at


def offer_deadline(now: datetime, hours: int, shift: Span) -> datetime:
    """Until when an offered place is kept: some hours, but never past the start of the shift."""
    return min(now + timedelta(hours=hours), shift.starts_at)


def is_late(current: str, now: datetime, hours: int, shift: Span) -> bool:
    """Whether who withdraws now leaves a place that was theirs, fewer than ``hours`` before the start."""
    return current == EnrollmentStatus.ACCEPTED and now > shift.starts_at - timedelta(hours=hours)


def lets_in(now: datetime, minutes: int, shift: Span) -> bool:
    """Whether somebody who just came may take part: from some minutes before the start until the end."""
    return shift.starts_at - timedelta(minutes=minutes) <= now < shift.ends_at
