"""Who was there, and when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, kw_only=True)
class ListPunctuality:
    """A page of the people of an activity of whom there is something to say, shift by shift."""

    activity_id: str
    limit: int
    cursor: str | None


@dataclass(frozen=True, kw_only=True)
class SumPunctuality:
    """A page of sums, one for each organization of a subtree; of shifts that begin from one day to another."""

    organization_id: str
    from_day: date
    to_day: date
    limit: int
    cursor: str | None
