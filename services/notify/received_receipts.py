"""The queries of receipts: noted once, given to their messages, and forgotten."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from services.chassis.unit_of_work import UnitOfWork
from services.notify.domain import Status
from services.notify.models import Message, WaitingReceipt
from services.notify.providers.receipts import Receipt

_AT_ONCE = 5000


class ReceiptRepository:
    """Receipts that wait for their message."""

    def __init__(self, uow: UnitOfWork) -> None:
        self._uow = uow

    def add_once(self, provider: str, receipts: Sequence[Receipt], now: datetime) -> None:
        """Note them; one that is here already is the same one again."""
        rows = [
            {
                "provider": provider,
                "provider_id": receipt.provider_id,
                "delivered": receipt.delivered,
                "reason": receipt.reason,
                "received_at": now,
            }
            for receipt in receipts
        ]
        if rows:
            self._uow.session.execute(insert(WaitingReceipt).on_conflict_do_nothing(), rows)

    def take_matched(self) -> Sequence[Any]:
        """Receipts whose message is known, with its id, template, channel, status and version; no longer waiting."""
        matched = (
            sa.select(
                WaitingReceipt.provider,
                WaitingReceipt.provider_id,
                WaitingReceipt.delivered,
                WaitingReceipt.reason,
                Message.id.label("message_id"),
                Message.template,
                Message.channel,
                Message.status,
                Message.version,
            )
            .join(
                Message,
                sa.and_(Message.provider_id == WaitingReceipt.provider_id, Message.provider == WaitingReceipt.provider),
            )
            .limit(_AT_ONCE)
            .with_for_update()
        )
        rows = self._uow.session.execute(matched).all()
        keys = {(row.provider, row.provider_id) for row in rows}
        if keys:
            key = sa.tuple_(WaitingReceipt.provider, WaitingReceipt.provider_id)
            self._uow.session.execute(sa.delete(WaitingReceipt).where(key.in_(keys)))
        return rows

    def mark_delivered(self, message_ids: Sequence[str]) -> None:
        """``sent -> delivered``."""
        self._end(message_ids, {"status": Status.DELIVERED})

    def mark_failed(self, failures: Sequence[tuple[str, str]]) -> None:
        """``sent -> failed``, each with its reason."""
        for reason in {reason for _, reason in failures}:
            ids = [message_id for message_id, why in failures if why == reason]
            self._end(ids, {"status": Status.FAILED, "failure": reason})

    def _end(self, message_ids: Sequence[str], values: dict[str, Any]) -> None:
        if message_ids:
            mine = sa.and_(Message.id.in_(message_ids), Message.status == Status.SENT)
            self._uow.session.execute(
                sa.update(Message).where(mine).values(**values, version=Message.version + 1),
                execution_options={"synchronize_session": False},
            )

    def drop_before(self, moment: datetime) -> Counter[str]:
        """Forget those that came before ``moment`` and found no message; how many, by provider."""
        dropped = sa.delete(WaitingReceipt).where(WaitingReceipt.received_at < moment)
        return Counter(self._uow.session.scalars(dropped.returning(WaitingReceipt.provider)))
