"""How long an application may lie before somebody is told of it, and when it ends by itself (docs/adr/0035).

Both follow from one moment: the application's last step. The bank has working days, the applicant calendar days.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from services.card.domain import WITHDRAWABLE, Status
from services.chassis.escalation import levels_due, next_escalation

WAITING_FOR_BANK = frozenset({Status.ROUTED, Status.CONTACTED, Status.APPROVED, Status.PRODUCED})
"""Where the next step is the bank's. A card that was delivered waits for its holder."""


@dataclass(frozen=True)
class Patience:
    """How many working days the bank has for each step, and after how many days without one an application ends."""

    bank_working_days: int
    expiry_days: int

    def level(self, status: Status, moved_at: datetime, now: datetime) -> int:
        """How many times the bank has let its working days pass since the last step."""
        return levels_due(moved_at, now, self.bank_working_days) if status in WAITING_FOR_BANK else 0

    def has_expired(self, status: Status, moved_at: datetime, now: datetime) -> bool:
        """Whether nothing has come of it for so long that it ends; a card that is made cannot come to nothing."""
        return status in WITHDRAWABLE and moved_at + timedelta(days=self.expiry_days) <= now

    def look_at(self, status: Status, moved_at: datetime, now: datetime) -> datetime | None:
        """When one has to look again whether it is to be told, or has expired; None if it never is."""
        moments = []
        if status in WAITING_FOR_BANK:
            moments.append(next_escalation(moved_at, now, self.bank_working_days))
        if status in WITHDRAWABLE:
            moments.append(moved_at + timedelta(days=self.expiry_days))
        return min(moments, default=None)
