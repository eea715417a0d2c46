"""Who answers for which card where."""

from __future__ import annotations

from datetime import datetime

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
