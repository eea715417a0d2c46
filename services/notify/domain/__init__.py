"""The rules of messages: states, retries, who sends, what waits for the morning, what it costs. No I/O.

Sources: notice, attachment 2 (which results go out by SMS); FACTS.md, "Providers" (segments, error classes, hours).
"""

from __future__ import annotations

from services.notify.domain.breaker import CODES, OTHERS, Breaker, BreakerState, Patience
from services.notify.domain.choosing import Share, in_order
from services.notify.domain.messages import (
    CARD_STATUS_ZH,
    MAX_ATTEMPTS,
    ROLE_ZH,
    Channel,
    ErrorClass,
    Priority,
    Status,
    change_status,
    delay_before_attempt,
    is_final,
    masked_recipient,
    segments,
)
from services.notify.domain.prices import Prices
from services.notify.domain.snapshots import Snapshot
from services.notify.domain.waiting import QuietHours, can_wait, next_day

__all__ = [
    "CARD_STATUS_ZH", "CODES", "MAX_ATTEMPTS", "OTHERS", "ROLE_ZH", "Breaker", "BreakerState", "Channel",
    "ErrorClass", "Patience", "Prices", "Priority", "QuietHours", "Share", "Snapshot", "Status", "can_wait",
    "change_status", "delay_before_attempt", "in_order", "is_final", "masked_recipient", "next_day", "segments",
]  # fmt: skip
