"""Who came late, left early, did not sign out themselves, or did not come at all (FACTS.md: Ranger Clubhouse).

What each word means, to the minute, for somebody who was accepted for a shift that is over:

- ``late``: their first minute that counts begins more than the grace after the shift's start. Whole minutes are
  compared: with a grace of 10 a sign-in at 9:10:59 for 9:00 is in time, and one at 9:11:00 is 11 minutes late.
- ``left_early``: their last minute that counts ends more than the grace before the shift's end, in whole minutes, too.
  Who went away in between and came back did neither.
- ``forced``: the sign-out of time that counts was entered by the organizer.
- ``open``: they signed in and nobody knows yet when they left, so nobody says that they left early.
- ``absent``: no time of theirs counts, and nothing is open; the organizer's word that they were absent stands against
  an open record, and never against time that counts. Nothing else is said of somebody absent.

The time that counts is what scans say, or what a supplement or a correction has put in their place: who was let off by
a correction was not late. It lies inside the shift, so that who comes early is in time.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

_MINUTE = timedelta(minutes=1)


class Lapse(StrEnum):
    """What can be said of somebody who was not there from the start to the end, or did not sign out."""

    LATE = "late"
    LEFT_EARLY = "left_early"
    FORCED = "forced"
    OPEN = "open"
    ABSENT = "absent"


@dataclass(frozen=True, slots=True)
class Seen:
    """What is known of somebody who was accepted for a shift that is over.

    ``counts_after``: from the shift's start to their first moment that counts; ``counted_before``: from their last one
    to the shift's end; None: no time of theirs counts. ``opened_after``: from the shift's start to the sign-in of a
    record that is open, negative before it; None: none is open. ``forced``: the organizer entered a sign-out of time
    that counts. ``said_absent``: by the organizer.
    """

    counts_after: timedelta | None
    counted_before: timedelta | None
    opened_after: timedelta | None
    forced: bool
    said_absent: bool


@dataclass(frozen=True, slots=True)
class Punctuality:
    """What is said of them. The minutes are 0 for who was in time, and for who stayed or may have stayed.

    ``came_after`` and ``left_before``: how long after the start and before the end, as far as anybody knows.
    """

    lapses: tuple[Lapse, ...]
    late_minutes: int = 0
    early_minutes: int = 0
    came_after: timedelta | None = None
    left_before: timedelta | None = None


def beyond(grace_minutes: int) -> timedelta:
    """The least that is more than the grace, in whole minutes."""
    return timedelta(minutes=grace_minutes + 1)


def punctuality_of(seen: Seen, grace_minutes: int) -> Punctuality:
    """What is said of somebody by what is known of them; ``grace_minutes``: how much is overlooked at either end."""
    is_open = seen.opened_after is not None
    if seen.counts_after is None and (seen.said_absent or not is_open):
        return Punctuality((Lapse.ABSENT,))
    came_after = _earliest(seen.counts_after, seen.opened_after)
    left_before = None if is_open else seen.counted_before
    late, early = (_minutes_beyond(grace_minutes, lacking) for lacking in (came_after, left_before))
    said = {Lapse.LATE: late > 0, Lapse.LEFT_EARLY: early > 0, Lapse.FORCED: seen.forced, Lapse.OPEN: is_open}
    return Punctuality(tuple(lapse for lapse, applies in said.items() if applies), late, early, came_after, left_before)


def _earliest(*moments: timedelta | None) -> timedelta | None:
    return min((moment for moment in moments if moment is not None), default=None)


def _minutes_beyond(grace_minutes: int, lacking: timedelta | None) -> int:
    """The whole minutes of ``lacking`` if they are more than the grace, else 0."""
    return 0 if lacking is None or lacking < beyond(grace_minutes) else lacking // _MINUTE
