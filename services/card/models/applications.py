"""Applications, the consents they rest on, and their steps."""

from __future__ import annotations

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, foreign, mapped_column, relationship

from services.card.domain import OPEN
from services.card.models.base import Base, Uuid
from services.card.models.branches import BranchContact

_open_statuses = ", ".join(f"'{status.value}'" for status in OPEN)


APPLICATION_SERIAL = sa.Sequence("card_application_serial", metadata=Base.metadata)


class CardApplication(Base):
    """One volunteer's application. ``branch_contact_id``: the very contact it was routed to.

    While it is ``submitted``, ``next_attempt_at`` says when it is to be sealed; moving it forward is also the claim of
    the process that is at it. The address and the guardian are needed until the end (a bank may ask for a replay), and
    blanked then. ``moved_at`` is the last step; ``look_at`` when the timer is to look whether it lies too long, and
    ``escalation_level`` how often that was told since (docs/adr/0035). ``group_id``: whose list it came from.
    """

    __tablename__ = "card_application"

    id: Mapped[str] = mapped_column(Uuid, primary_key=True)
    application_no: Mapped[str] = mapped_column(unique=True)
    volunteer_id: Mapped[str] = mapped_column(Uuid)
    bank: Mapped[str]
    card_type: Mapped[str]
    region: Mapped[str]
    branch_contact_id: Mapped[str] = mapped_column(Uuid, sa.ForeignKey("branch_contact.id"))
    former_application_no: Mapped[str | None]
    group_id: Mapped[str | None] = mapped_column(Uuid, sa.ForeignKey("group_application.id"))
    address_sealed: Mapped[str | None]
    guardian_sealed: Mapped[str | None]
    clothing_size: Mapped[str | None]
    status: Mapped[str]
    reason: Mapped[str | None]
    submitted_at: Mapped[datetime]
    next_attempt_at: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(default=0)
    moved_at: Mapped[datetime] = mapped_column(server_default=sa.func.now())
    look_at: Mapped[datetime | None] = mapped_column(server_default=sa.func.now())
    escalation_level: Mapped[int] = mapped_column(default=0, server_default="0")
    version: Mapped[int] = mapped_column(sa.BigInteger, default=1)

    branch_contact: Mapped[BranchContact] = relationship(lazy="joined", innerjoin=True)
    consent: Mapped[Consent | None] = relationship(lazy="joined", back_populates="application")
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
        sa.Index("ix_card_application_look_at", "look_at", postgresql_where=sa.text("look_at IS NOT NULL")),
        sa.Index("ix_card_application_overdue", "moved_at", "id", postgresql_where=sa.text("escalation_level > 0")),
        sa.Index("ix_card_application_submitted_at", "submitted_at", "id"),
    )


class ConsentText(Base):
    """What is agreed to for one recipient, in the words of one version. A version that was ever in force stays."""

    __tablename__ = "consent_text"

    recipient: Mapped[str] = mapped_column(primary_key=True)
    version: Mapped[str] = mapped_column(primary_key=True)
    in_force_from: Mapped[date]
    recipient_name: Mapped[str]
    purpose: Mapped[str]
    method: Mapped[str]
    data: Mapped[list[str]] = mapped_column(ARRAY(sa.String))
    text: Mapped[str]


class Consent(Base):
    """The consent that an application rests on, and when data were provided: kept for 3 years (PIPL 23, 55).

    ``given_by``: the applicant, or the guardian of a young one.
    """

    __tablename__ = "consent"

    application_id: Mapped[str] = mapped_column(Uuid, sa.ForeignKey("card_application.id"), primary_key=True)
    volunteer_id: Mapped[str] = mapped_column(Uuid, index=True)
    recipient: Mapped[str]
    text_version: Mapped[str]
    given_by: Mapped[str] = mapped_column(server_default="oneself")
    given_at: Mapped[datetime]
    provided_at: Mapped[datetime | None]

    application: Mapped[CardApplication] = relationship(back_populates="consent")
    # no foreign key: texts are loaded after the migration, and old rows are older than they
    words: Mapped[ConsentText] = relationship(
        lazy="joined",
        viewonly=True,
        primaryjoin=lambda: sa.and_(
            ConsentText.recipient == foreign(Consent.recipient),
            ConsentText.version == foreign(Consent.text_version),
        ),
    )


class StatusEntry(Base):
    """One step of an application. ``at``: when it happened (by the bank's clock); ``recorded_at``: when we knew."""

    __tablename__ = "status_entry"

    id: Mapped[int] = mapped_column(sa.BigInteger, sa.Identity(always=True), primary_key=True)
    application_id: Mapped[str] = mapped_column(Uuid, sa.ForeignKey("card_application.id"), index=True)
    status: Mapped[str]
    reason: Mapped[str | None]
    at: Mapped[datetime]
    recorded_at: Mapped[datetime]
