"""What the chassis' own tables still say of a person who was erased: events that were sent, answers that are kept.

Why this module exists: outbox rows stay for 72 hours and answers for a day, which is longer than somebody who asked to
be forgotten should stand there. What was not sent yet must still go out; it is gone with the rest after 72 hours.
"""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.chassis.tables import IDEMPOTENCY_KEY, OUTBOX


def forget_traces(session: Session, account_id: str, volunteer_id: str | None) -> None:
    """Remove sent events about a person, and the answers to their own requests."""
    data = OUTBOX.c.body["data"]
    about = data["account_id"].astext == account_id
    if volunteer_id is not None:
        about = sa.or_(about, data["volunteer_id"].astext == volunteer_id)
    session.execute(sa.delete(OUTBOX).where(OUTBOX.c.sent_at.is_not(None), about))
    session.execute(sa.delete(IDEMPOTENCY_KEY).where(IDEMPOTENCY_KEY.c.scope.startswith(f"{account_id}/")))
