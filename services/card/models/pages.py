"""Where the QR on a card's front leads."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from services.card.models.base import Base, Uuid


class CardPage(Base):
    """The address of one volunteer's public page; without a row there is no page.

    A stranger's token is looked up by its digest; ``token_sealed`` is for its owner, who sees the QR again.
    """

    __tablename__ = "card_page"

    volunteer_id: Mapped[str] = mapped_column(Uuid, primary_key=True)
    token_hash: Mapped[bytes] = mapped_column(unique=True)
    token_sealed: Mapped[str]
    created_at: Mapped[datetime]
