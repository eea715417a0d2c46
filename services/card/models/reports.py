"""What banks have reported."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from services.card.models.base import Base, Uuid


class BankReportReceipt(Base):
    """A signed report that was taken: the same ``webhook-id`` again changes nothing."""

    __tablename__ = "bank_report_receipt"

    bank: Mapped[str] = mapped_column(primary_key=True)
    webhook_id: Mapped[str] = mapped_column(primary_key=True)
    content_hash: Mapped[bytes]
    received_at: Mapped[datetime] = mapped_column(index=True)


class UnknownReport(Base):
    """A signed report on a number that this bank was never given; somebody has to ask the bank."""

    __tablename__ = "unknown_report"

    id: Mapped[str] = mapped_column(Uuid, primary_key=True)
    bank: Mapped[str]
    application_no: Mapped[str]
    status: Mapped[str]
    why: Mapped[str]
    received_at: Mapped[datetime]

    __table_args__ = (sa.Index("ix_unknown_report_received_at", "received_at", "id"),)


class RefusedMessage(Base):
    """A message on a bank's status exchange that said nothing we could take. Over AMQP nobody can be answered, so it
    is kept for somebody to look at, and to take again when what was wrong is mended. What a bank wrote may name a
    person: the bytes are sealed. ``bank`` is empty for what came over no bank's exchange; ``whole`` says that id, type
    and body are kept as they came. ``code`` and ``why`` are the first refusal's, ``tried_…`` and ``outcome`` the last
    try's to take it again."""

    __tablename__ = "refused_message"

    id: Mapped[str] = mapped_column(Uuid, primary_key=True)
    bank: Mapped[str]
    message_id: Mapped[str]
    code: Mapped[str]
    why: Mapped[str]
    body_sealed: Mapped[str]
    received_at: Mapped[datetime]
    type: Mapped[str] = mapped_column(server_default="")
    whole: Mapped[bool] = mapped_column(server_default=sa.false())
    state: Mapped[str] = mapped_column(server_default="refused")
    tried_at: Mapped[datetime | None]
    tried_by: Mapped[str | None] = mapped_column(Uuid)
    outcome: Mapped[str | None]
    tried_code: Mapped[str | None]
    tried_why: Mapped[str | None]

    __table_args__ = (sa.Index("ix_refused_message_received_at", "received_at", "id"),)
