"""Who may be read as a calendar."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from services.activity.models.base import Base, primary_key


class CalendarToken(Base):
    """The address of one volunteer's calendar, as a digest: whoever has the address reads it, and nobody else can."""

    __tablename__ = "calendar_token"

    volunteer_id: Mapped[str] = primary_key()
    token_hash: Mapped[bytes] = mapped_column(unique=True)
    created_at: Mapped[datetime]
