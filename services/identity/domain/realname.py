"""When somebody who could not be checked is asked about again. No I/O."""

from __future__ import annotations

from datetime import timedelta

_FIRST, _LONGEST = timedelta(seconds=30), timedelta(hours=1)


def delay_before_next(attempts: int) -> timedelta:
    """The wait after ``attempts`` (one or more) without an answer: 30 s, doubling up to an hour, and never given up.

    Nobody is refused because a third party is away; how many wait is a figure that operators watch.
    """
    return min(_FIRST * 2 ** min(attempts - 1, 20), _LONGEST)
