"""Who was reminded of which shift."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from services.activity.models.base import Base


class Reminder(Base):
    """A volunteer was reminded so many hours before the start. The start is part of the key: who is reminded of a
    shift that then moves is reminded again.
    """

    __tablename__ = "reminder"

    enrollment_id: Mapped[str] = mapped_column(
        sa.Uuid(as_uuid=False), sa.ForeignKey("enrollment.id", ondelete="CASCADE"), primary_key=True
    )
    hours: Mapped[int] = mapped_column(sa.SmallInteger, primary_key=True)
    starts_at: Mapped[datetime] = mapped_column(primary_key=True)
    reminded_at: Mapped[datetime]

    __table_args__ = (sa.Index("ix_reminder_starts_at", "starts_at"),)
