"""Hours that volunteers miss in their records (FACTS.md: Ranger Clubhouse's missing-entry requests)."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from services.attendance.models.base import ID, Base


class MissingEntry(Base):
    """A volunteer says that they served and that no record says so. ``starts_at`` to ``ends_at`` is what they want.

    ``note`` is theirs, ``decision_reason`` the organizer's. ``witness_sealed``: who saw it, a name of somebody else.
    ``supplement_id``: what went to the superior, perhaps with another time.
    """

    __tablename__ = "missing_entry"

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    volunteer_id: Mapped[str] = mapped_column(ID)
    activity_id: Mapped[str] = mapped_column(ID)
    shift_id: Mapped[str] = mapped_column(ID)
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    note: Mapped[str]
    witness_sealed: Mapped[str | None]
    status: Mapped[str]
    asked_at: Mapped[datetime]
    decided_by: Mapped[str | None] = mapped_column(ID)
    decided_at: Mapped[datetime | None]
    decision_reason: Mapped[str | None]
    supplement_id: Mapped[str | None] = mapped_column(sa.ForeignKey("supplement.id"), unique=True)
    version: Mapped[int] = mapped_column(default=1)

    __table_args__ = (
        sa.Index("ix_missing_entry_volunteer", "volunteer_id", "asked_at", "id"),
        sa.Index("ix_missing_entry_status", "status", "asked_at", "id"),
        sa.Index(
            "uq_missing_entry_asked",
            "volunteer_id",
            "shift_id",
            unique=True,
            postgresql_where=sa.text("status = 'asked'"),
        ),
    )
