"""What banks were handed, what they asked for again, and where their account of a day differs from ours."""

from __future__ import annotations

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from services.card.models.base import Base, Uuid


class HandOver(Base):
    """The record that a message went to a bank: kept for 3 years (PIPL 55, 56), without its content. ``id`` is the
    message's own, ``key_id`` the key it was sealed for the last time; ``day`` is Shanghai's. While it is to be handed
    over again, ``next_attempt_at`` says when, and moving that forward is the claim of the process that is at it."""

    __tablename__ = "hand_over"

    id: Mapped[str] = mapped_column(Uuid, primary_key=True)
    bank: Mapped[str]
    type: Mapped[str]
    application_id: Mapped[str | None] = mapped_column(Uuid, sa.ForeignKey("card_application.id"), index=True)
    group_id: Mapped[str | None] = mapped_column(Uuid, sa.ForeignKey("group_application.id"))
    key_id: Mapped[str | None]
    day: Mapped[date]
    handed_at: Mapped[datetime]
    last_at: Mapped[datetime] = mapped_column(index=True)
    times: Mapped[int]
    replay_id: Mapped[str | None] = mapped_column(Uuid)
    next_attempt_at: Mapped[datetime | None]

    __table_args__ = (
        sa.Index("ix_hand_over_day", "bank", "day"),
        sa.Index("ix_hand_over_due", "next_attempt_at", postgresql_where=sa.text("next_attempt_at IS NOT NULL")),
    )


class PartnerReplay(Base):
    """Somebody asked that all of a day be handed to a bank again. ``webhook_id``: the bank's own signed request."""

    __tablename__ = "partner_replay"

    id: Mapped[str] = mapped_column(Uuid, primary_key=True)
    bank: Mapped[str]
    day: Mapped[date]
    messages: Mapped[int] = mapped_column(default=0)
    webhook_id: Mapped[str | None]
    requested_by: Mapped[str]
    requested_at: Mapped[datetime]

    __table_args__ = (
        sa.Index("ix_partner_replay_requested_at", "requested_at", "id"),
        sa.Index("uq_partner_replay_webhook", "bank", "webhook_id", unique=True),
    )


class Reconciliation(Base):
    """The last statement that a bank has handed in for a day; the next one for that day takes its place."""

    __tablename__ = "reconciliation"

    id: Mapped[str] = mapped_column(Uuid, primary_key=True)
    bank: Mapped[str]
    day: Mapped[date]
    rows: Mapped[int]
    sha256: Mapped[str]
    made_at: Mapped[datetime]
    received_at: Mapped[datetime]
    differences: Mapped[int]

    __table_args__ = (
        sa.UniqueConstraint("bank", "day", name="uq_reconciliation_bank_day"),
        sa.Index("ix_reconciliation_day", "day", "id"),
    )


class ReconciliationDifference(Base):
    """One application about which a bank's last statement of a day and ours did not agree."""

    __tablename__ = "reconciliation_difference"

    id: Mapped[str] = mapped_column(Uuid, primary_key=True)
    reconciliation_id: Mapped[str] = mapped_column(Uuid, sa.ForeignKey("reconciliation.id"), index=True)
    bank: Mapped[str]
    day: Mapped[date]
    application_no: Mapped[str]
    why: Mapped[str]
    ours: Mapped[str | None]
    theirs: Mapped[str | None]

    __table_args__ = (sa.Index("ix_reconciliation_difference_day", "day", "application_no", "id"),)
