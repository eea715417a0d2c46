"""Activities that come again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, kw_only=True)
class Repeat:
    """When: a recurrence rule of RFC 5545 in days of Guangdong, less some of its days."""

    rule: str
    excluded: list[date]


@dataclass(frozen=True, kw_only=True)
class ListOccurrences:
    """A page of the activities of one series, by day."""

    activity_id: str
    limit: int
    cursor: str | None
