"""What a volunteer's card has brought them."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from services.card.models.applications import CardApplication
from services.card.models.base import Base, Uuid


class Benefit(Base):
    """One benefit of a volunteer. The key keeps it from coming twice.

    ``earned_at``: when the bank says that the card was activated, or first paid with. ``ordered_at`` is when the
    clothing was ordered in ``clothing_size``; until then it waits for a size. Insurance has neither.
    """

    __tablename__ = "benefit"

    volunteer_id: Mapped[str] = mapped_column(Uuid, primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True)
    application_id: Mapped[str] = mapped_column(Uuid, sa.ForeignKey("card_application.id"))
    earned_at: Mapped[datetime]
    clothing_size: Mapped[str | None]
    ordered_at: Mapped[datetime | None]

    application: Mapped[CardApplication] = relationship(lazy="joined", innerjoin=True)
