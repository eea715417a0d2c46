"""Sub-platforms that wait for an approval."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class ListWaitingSites:
    """A page of those whose domain nobody has approved yet, oldest first."""

    limit: int
    cursor: str | None
