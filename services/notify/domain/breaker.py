"""A circuit breaker: whoever keeps failing is left alone for a while, then tried with little.

Why this module exists: a provider that is down for an hour must not use up the attempts of a hundred thousand messages.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import IntEnum

FAILURES = 5
_FIRST_REST = timedelta(seconds=5)
_LONGEST_REST = timedelta(seconds=15)  # whoever waits for a code has minutes


class BreakerState(IntEnum):
    """As the metric shows it."""

    CLOSED = 0  # everything goes through
    HALF_OPEN = 1  # one small batch may try
    OPEN = 2  # nothing goes through


@dataclass(frozen=True)
class Breaker:
    """Opens after ``FAILURES`` batches in a row that nobody of took; each further failure doubles the rest."""

    failures: int = 0
    open_until: datetime | None = None

    def state(self, now: datetime) -> BreakerState:
        """Where it stands at ``now``."""
        if self.open_until is None:
            return BreakerState.CLOSED
        return BreakerState.OPEN if now < self.open_until else BreakerState.HALF_OPEN

    def after(self, *, well: bool, now: datetime) -> Breaker:
        """What an answer makes of it."""
        if well:
            return Breaker()
        failures = self.failures + 1
        if failures < FAILURES:
            return Breaker(failures)
        rest = min(_FIRST_REST * 2 ** min(failures - FAILURES, 10), _LONGEST_REST)
        return Breaker(failures, now + rest)
