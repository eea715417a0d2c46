"""When somebody is reminded of a shift."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True)
class Lead:
    """How long before the start a reminder is due. One that is late by more than half of that is of no use."""

    hours: int

    @property
    def before(self) -> timedelta:
        """The same as a span."""
        return timedelta(hours=self.hours)

    def starts_due(self, now: datetime) -> tuple[datetime, datetime]:
        """Shifts that start after the first moment, and not after the second, are reminded of now."""
        return now + self.before / 2, now + self.before
