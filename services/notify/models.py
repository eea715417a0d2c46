"""Notify's tables."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from services.chassis.tables import new_metadata


class Base(DeclarativeBase):
    """Notify's metadata, the chassis' tables included."""

    metadata = new_metadata()
    type_annotation_map = {datetime: sa.DateTime(timezone=True), dict[str, Any]: JSONB}


_THIS_TRANSACTION = sa.text("pg_current_xact_id()::text::bigint")


class ContactPoint(Base):
    """How an account can be reached: a copy of identity's, sealed. ``version`` is the account's."""

    __tablename__ = "contact_point"

    account_id: Mapped[str] = mapped_column(sa.Uuid(as_uuid=False), primary_key=True)
    volunteer_id: Mapped[str | None] = mapped_column(sa.Uuid(as_uuid=False), unique=True)
    phone_sealed: Mapped[str | None]
    email_sealed: Mapped[str | None]
    wechat_openid_sealed: Mapped[str | None]
    locale: Mapped[str]
    version: Mapped[int] = mapped_column(sa.BigInteger)
    # an erased person's row stays, empty, so that an event that comes late cannot bring the contact back
    erased_at: Mapped[datetime | None]


class Message(Base):
    """One message to one recipient over one channel; the in-app inbox is a channel like the others."""

    __tablename__ = "message"

    id: Mapped[str] = mapped_column(sa.Uuid(as_uuid=False), primary_key=True)
    event_id: Mapped[str] = mapped_column(sa.Uuid(as_uuid=False))
    template: Mapped[str]
    channel: Mapped[str]
    # Exactly one of the three says who gets it; a code goes to a number that may belong to no account yet.
    account_id: Mapped[str | None] = mapped_column(sa.Uuid(as_uuid=False))
    volunteer_id: Mapped[str | None] = mapped_column(sa.Uuid(as_uuid=False))
    recipient_sealed: Mapped[str | None]
    recipient_key: Mapped[str]
    parameters: Mapped[dict[str, Any]]
    secrets_sealed: Mapped[str | None]
    organization_id: Mapped[str | None] = mapped_column(sa.Uuid(as_uuid=False))  # whose budget it is taken from
    priority: Mapped[int] = mapped_column(sa.SmallInteger)
    can_wait: Mapped[bool] = mapped_column(server_default=sa.false())  # for the end of the quiet hours
    status: Mapped[str]
    attempts: Mapped[int] = mapped_column(sa.SmallInteger, default=0)
    next_attempt_at: Mapped[datetime]
    expires_at: Mapped[datetime | None]
    recipient_masked: Mapped[str | None]
    segments: Mapped[int | None] = mapped_column(sa.SmallInteger)
    provider: Mapped[str | None]
    provider_id: Mapped[str | None]  # the provider's own number, which its receipt names
    cost: Mapped[Decimal | None] = mapped_column(sa.Numeric(10, 4))  # yuan
    failure: Mapped[str | None]
    # the parameters that the provider does not take so long: it was given them cut
    shortened: Mapped[list[str]] = mapped_column(ARRAY(sa.String), server_default="{}")
    created_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    read_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)
    # the transaction that wrote it, or marked it as read: how an open page finds what is new (domain/snapshots.py)
    changed_in: Mapped[int | None] = mapped_column(sa.BigInteger, server_default=_THIS_TRANSACTION)

    __table_args__ = (
        sa.UniqueConstraint("event_id", "recipient_key", "template", "channel"),
        sa.Index(
            "ix_message_lane", "channel", "priority", "next_attempt_at", postgresql_where=sa.text("status = 'queued'")
        ),
        sa.Index("ix_message_sending", "next_attempt_at", postgresql_where=sa.text("status = 'sending'")),
        sa.Index("ix_message_provider_id", "provider_id", postgresql_where=sa.text("provider_id IS NOT NULL")),
        sa.Index("ix_message_news", "changed_in", postgresql_where=sa.text("channel = 'inbox'")),
        sa.Index("ix_message_account", "account_id", "created_at", "id"),
        sa.Index("ix_message_volunteer", "volunteer_id", "created_at", "id"),
        sa.Index("ix_message_created_at", "created_at", "id"),
    )


class WaitingReceipt(Base):
    """A provider's receipt that has not found its message: it may be quicker than our own mark that it was sent."""

    __tablename__ = "waiting_receipt"

    provider: Mapped[str] = mapped_column(primary_key=True)
    provider_id: Mapped[str] = mapped_column(primary_key=True)  # as on the message
    delivered: Mapped[bool]
    reason: Mapped[str | None]
    received_at: Mapped[datetime]


class Preference(Base):
    """A kind of message that somebody does not want on a channel."""

    __tablename__ = "preference"

    account_id: Mapped[str] = mapped_column(sa.Uuid(as_uuid=False), primary_key=True)
    template: Mapped[str] = mapped_column(primary_key=True)
    channel: Mapped[str] = mapped_column(primary_key=True)


class SmsBudget(Base):
    """How many segments of a day's budget an organization has used."""

    __tablename__ = "sms_budget"

    organization_id: Mapped[str] = mapped_column(sa.Uuid(as_uuid=False), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    segments: Mapped[int]


class SimulatedMessage(Base):
    """The simulator's inbox: what a provider would have been given. Never filled in production."""

    __tablename__ = "simulated_message"

    id: Mapped[str] = mapped_column(sa.Uuid(as_uuid=False), primary_key=True)  # the message's: a resend changes nothing
    channel: Mapped[str]
    recipient: Mapped[str]
    text: Mapped[str]
    template: Mapped[str]
    at: Mapped[datetime]
    shortened: Mapped[list[str]] = mapped_column(ARRAY(sa.String), server_default="{}")  # parameters that were cut
    times: Mapped[int] = mapped_column(server_default="1")  # a real provider would have charged for each

    __table_args__ = (sa.Index("ix_simulated_message_recipient", "recipient", "at"),)
