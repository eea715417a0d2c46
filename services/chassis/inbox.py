"""The inbox: an event that comes twice has one effect.

Why this module exists: the broker delivers at least once. The consumer writes down (handler, event id) in the same
transaction as the effect, so a second delivery finds the row and does nothing.
"""

from __future__ import annotations

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from services.chassis.tables import INBOX


def claim(session: Session, consumer: str, event_id: str) -> bool:
    """True if ``consumer`` has not handled this event yet. Waits for a twin that is being handled right now."""
    row = session.execute(
        insert(INBOX).values(consumer=consumer, event_id=event_id).on_conflict_do_nothing().returning(INBOX.c.event_id)
    ).one_or_none()
    return row is not None
