"""A circuit breaker: whoever keeps failing is left alone for a while, then tried with little.

Why this module exists: a provider that is down for an hour must not use up the attempts of a hundred thousand messages;
and a code that somebody waits for is worth a request a second, by which all the others learn that it is back.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import IntEnum

FAILURES = 5


class BreakerState(IntEnum):
    """As the metric shows it."""

    CLOSED = 0  # everything goes through
    HALF_OPEN = 1  # one small batch may try
    OPEN = 2  # nothing goes through


@dataclass(frozen=True)
class Patience:
    """How long messages of a kind leave whoever keeps failing alone, and how many of them try whether it is back.

    The rest begins with ``first_rest``; each further failure doubles it, up to ``longest_rest``. ``name`` is the
    metric's.
    """

    name: str
    first_rest: timedelta
    longest_rest: timedelta
    probe: int

    def rest(self, failures: int) -> timedelta:
        """The rest after so many failures in a row, ``FAILURES`` at the least."""
        return min(self.first_rest * 2 ** min(failures - FAILURES, 10), self.longest_rest)


# Whoever waits for a code stands there with the phone in hand …
CODES = Patience("codes", timedelta(seconds=1), timedelta(seconds=1), probe=1)
# … the others have time.
OTHERS = Patience("others", timedelta(seconds=5), timedelta(seconds=15), probe=20)


@dataclass(frozen=True)
class Breaker:
    """Open after ``FAILURES`` batches in a row of which nothing was taken, for as long as the patience says."""

    failures: int = 0
    failed_at: datetime | None = None

    def state(self, now: datetime, patience: Patience) -> BreakerState:
        """Where it stands at ``now`` for messages of this patience."""
        if self.failed_at is None or self.failures < FAILURES:
            return BreakerState.CLOSED
        rests = now < self.failed_at + patience.rest(self.failures)
        return BreakerState.OPEN if rests else BreakerState.HALF_OPEN

    def after(self, *, well: bool, now: datetime) -> Breaker:
        """What an answer makes of it."""
        return Breaker() if well else Breaker(self.failures + 1, now)
