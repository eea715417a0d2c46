"""What other services ask about a volunteer's hours."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class SumConfirmedHours:
    """Somebody's confirmed minutes and star."""

    volunteer_id: str
