"""What must be recorded by when."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class ListOverdueRecords:
    """A page of activities whose hours are overdue, in an organization and those below it."""

    organization_id: str
    limit: int
    cursor: str | None
