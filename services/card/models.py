"""Card's tables."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship

from services.card.domain import OPEN
from services.chassis.organizations import organization_copy_table
from services.chassis.tables import new_metadata

_Uuid = sa.Uuid(as_uuid=False)
_open_statuses = ", ".join(f"'{status.value}'" for status in OPEN)


class Base(DeclarativeBase):
    """Card's metadata, the chassis' tables included."""

    metadata = new_metadata()
    type_annotation_map = {datetime: sa.DateTime(timezone=True), dict[str, Any]: JSONB}


ORGANIZATION_COPY = organization_copy_table(Base.metadata)


class VolunteerCopy(Base):
    """What card needs to know of a volunteer; fed by identity's ``volunteer.changed``."""

    __tablename__ = "volunteer_copy"

    id: Mapped[str] = mapped_column(_Uuid, primary_key=True)
    status: Mapped[str]
    birth_date: Mapped[date | None]
    clothing_size: Mapped[str | None]
    organization_id: Mapped[str | None] = mapped_column(_Uuid)
    version: Mapped[int] = mapped_column(sa.BigInteger)


class BranchContact(Base):
    """Who answers for one card at one branch, and from when to when. A former contact is closed, never deleted."""

    __tablename__ = "branch_contact"

    id: Mapped[str] = mapped_column(_Uuid, primary_key=True)
    city: Mapped[str]
    bank: Mapped[str]
    card_type: Mapped[str]
    branch: Mapped[str]
    contact_name: Mapped[str]
    contact_phone: Mapped[str]
    source: Mapped[str]
    valid_from: Mapped[datetime]
    valid_until: Mapped[datetime | None]

    __table_args__ = (
        sa.Index(
            "uq_branch_contact_in_force",
            "city",
            "bank",
            "card_type",
            unique=True,
            postgresql_where=sa.text("valid_until IS NULL"),
        ),
    )


APPLICATION_SERIAL = sa.Sequence("card_application_serial", metadata=Base.metadata)


class CardApplication(Base):
    """One volunteer's application. ``branch_contact_id``: the very contact it was routed to.

    While it is ``submitted``, ``next_attempt_at`` says when it is to be sealed; moving it forward is also the claim of
    the process that is at it. The address is needed until the end (a bank may ask for a replay), and blanked then.
    """

    __tablename__ = "card_application"

    id: Mapped[str] = mapped_column(_Uuid, primary_key=True)
    application_no: Mapped[str] = mapped_column(unique=True)
    volunteer_id: Mapped[str] = mapped_column(_Uuid)
    bank: Mapped[str]
    card_type: Mapped[str]
    region: Mapped[str]
    branch_contact_id: Mapped[str] = mapped_column(_Uuid, sa.ForeignKey("branch_contact.id"))
    address_sealed: Mapped[str | None]
    clothing_size: Mapped[str | None]
    status: Mapped[str]
    reason: Mapped[str | None]
    submitted_at: Mapped[datetime]
    next_attempt_at: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(default=0)
    version: Mapped[int] = mapped_column(sa.BigInteger, default=1)

    branch_contact: Mapped[BranchContact] = relationship(lazy="joined", innerjoin=True)
    consent: Mapped[Consent] = relationship(lazy="joined", innerjoin=True, back_populates="application")
    history: Mapped[list[StatusEntry]] = relationship(lazy="selectin", order_by="StatusEntry.id")

    __table_args__ = (
        sa.Index(
            "uq_card_application_open",
            "volunteer_id",
            unique=True,
            postgresql_where=sa.text(f"status IN ({_open_statuses})"),
        ),
        sa.Index("ix_card_application_volunteer", "volunteer_id", "submitted_at", "id"),
        sa.Index("ix_card_application_to_seal", "next_attempt_at", postgresql_where=sa.text("status = 'submitted'")),
    )


class Consent(Base):
    """The consent that an application rests on, and when data were provided: kept for 3 years (PIPL 23, 55)."""

    __tablename__ = "consent"

    application_id: Mapped[str] = mapped_column(_Uuid, sa.ForeignKey("card_application.id"), primary_key=True)
    volunteer_id: Mapped[str] = mapped_column(_Uuid, index=True)
    recipient: Mapped[str]
    text_version: Mapped[str]
    given_at: Mapped[datetime]
    provided_at: Mapped[datetime | None]

    application: Mapped[CardApplication] = relationship(back_populates="consent")


class StatusEntry(Base):
    """One step of an application. ``at``: when it happened (by the bank's clock); ``recorded_at``: when we knew."""

    __tablename__ = "status_entry"

    id: Mapped[int] = mapped_column(sa.BigInteger, sa.Identity(always=True), primary_key=True)
    application_id: Mapped[str] = mapped_column(_Uuid, sa.ForeignKey("card_application.id"), index=True)
    status: Mapped[str]
    reason: Mapped[str | None]
    at: Mapped[datetime]
    recorded_at: Mapped[datetime]


class GroupApplication(Base):
    """A unit's request that the bank come. Whom to call there is sealed, like the address."""

    __tablename__ = "group_application"

    id: Mapped[str] = mapped_column(_Uuid, primary_key=True)
    organization_id: Mapped[str] = mapped_column(_Uuid, index=True)
    bank: Mapped[str]
    card_type: Mapped[str]
    branch_contact_id: Mapped[str] = mapped_column(_Uuid, sa.ForeignKey("branch_contact.id"))
    preferred_dates: Mapped[list[date]] = mapped_column(ARRAY(sa.Date))
    visit_sealed: Mapped[str]
    status: Mapped[str]
    member_count: Mapped[int]
    requested_by: Mapped[str] = mapped_column(_Uuid)
    requested_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(sa.BigInteger, default=1)

    branch_contact: Mapped[BranchContact] = relationship(lazy="joined", innerjoin=True)


class GroupMember(Base):
    """A volunteer whom a unit has put on its list; nothing of them leaves the platform with it."""

    __tablename__ = "group_member"

    group_id: Mapped[str] = mapped_column(_Uuid, sa.ForeignKey("group_application.id"), primary_key=True)
    volunteer_id: Mapped[str] = mapped_column(_Uuid, primary_key=True)


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

    id: Mapped[str] = mapped_column(_Uuid, primary_key=True)
    bank: Mapped[str]
    application_no: Mapped[str]
    status: Mapped[str]
    why: Mapped[str]
    received_at: Mapped[datetime]

    __table_args__ = (sa.Index("ix_unknown_report_received_at", "received_at", "id"),)


class RefusedMessage(Base):
    """A message on a bank's status exchange that said nothing we could take. Over AMQP nobody can be answered, so it
    is kept for somebody to look at. What a bank wrote may name a person: the bytes are sealed. ``bank`` is empty for
    what came over no bank's exchange."""

    __tablename__ = "refused_message"

    id: Mapped[str] = mapped_column(_Uuid, primary_key=True)
    bank: Mapped[str]
    message_id: Mapped[str]
    code: Mapped[str]
    why: Mapped[str]
    body_sealed: Mapped[str]
    received_at: Mapped[datetime]

    __table_args__ = (sa.Index("ix_refused_message_received_at", "received_at", "id"),)
