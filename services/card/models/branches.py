"""Who answers for which card where."""

from __future__ import annotations

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from services.card.models.base import Base, Uuid


class BranchContact(Base):
    """Who answers for one card at one branch, and from when to when. A former contact is closed, never deleted."""

    __tablename__ = "branch_contact"

    id: Mapped[str] = mapped_column(Uuid, primary_key=True)
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


class ProductPeriod(Base):
    """From when until when (its last day) a bank offers a card in a city. Its contacts are another matter."""

    __tablename__ = "product_period"

    id: Mapped[str] = mapped_column(Uuid, primary_key=True)
    city: Mapped[str]
    bank: Mapped[str]
    card_type: Mapped[str]
    offered_from: Mapped[date]
    offered_until: Mapped[date | None]

    __table_args__ = (
        sa.UniqueConstraint("city", "bank", "card_type", "offered_from", name="uq_product_period_beginning"),
        sa.CheckConstraint("offered_until >= offered_from", name="in_order"),
    )
