"""What banks have reported."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from services.card.models import BankReportReceipt, RefusedMessage, UnknownReport
from services.chassis.unit_of_work import UnitOfWork


class ReportRepository:
    """What banks have reported."""

    def __init__(self, uow: UnitOfWork) -> None:
        self._uow = uow

    def receive(self, bank: str, webhook_id: str, content_hash: bytes, now: datetime) -> bytes | None:
        """Write down a report by its id; the hash of the first one if it has come before (a second waits for it)."""
        statement = (
            insert(BankReportReceipt)
            .values(bank=bank, webhook_id=webhook_id, content_hash=content_hash, received_at=now)
            .on_conflict_do_nothing()
            .returning(BankReportReceipt.bank)
        )
        if self._uow.session.scalar(statement) is not None:
            return None
        return self._uow.session.get_one(BankReportReceipt, (bank, webhook_id)).content_hash

    def refuse(self, **message: Any) -> bool:
        """Write a message down that could not be taken, once for each id; whether it is new."""
        statement = insert(RefusedMessage).values(**message).on_conflict_do_nothing().returning(RefusedMessage.id)
        return self._uow.session.scalar(statement) is not None

    def refused(self, state: str | None) -> sa.Select[Any]:
        """Messages that could not be taken when they came; only those in ``state`` if it is given."""
        statement = sa.select(RefusedMessage)
        return statement if state is None else statement.where(RefusedMessage.state == state)

    def locked_refused(self, refused_id: str) -> RefusedMessage | None:
        """One of them, locked: tries to take it come one after the other."""
        return self._uow.session.get(RefusedMessage, refused_id, with_for_update=True)

    def unknown(self) -> sa.Select[Any]:
        """Reports on numbers that the bank was never given."""
        return sa.select(UnknownReport)
