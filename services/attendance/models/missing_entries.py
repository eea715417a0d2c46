"""Hours that volunteers miss in their records (FACTS.md: Ranger Clubhouse's missing-entry requests)."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

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
    on_behalf_of: Mapped[str | None] = mapped_column(ID)
    decided_at: Mapped[datetime | None]
    decision_reason: Mapped[str | None]
    supplement_id: Mapped[str | None] = mapped_column(sa.ForeignKey("supplement.id"), unique=True)
    version: Mapped[int] = mapped_column(default=1)
    evidence: Mapped[list[MissingEntryEvidence]] = relationship(
        order_by="MissingEntryEvidence.position", lazy="selectin"
    )

    __table_args__ = (
        sa.Index("ix_missing_entry_volunteer", "volunteer_id", "asked_at", "id"),
        sa.Index("ix_missing_entry_status", "status", "asked_at", "id"),
        sa.Index("ix_missing_entry_waiting", "activity_id", postgresql_where=sa.text("status = 'asked'")),
        sa.Index(
            "uq_missing_entry_asked",
            "volunteer_id",
            "shift_id",
            unique=True,
            postgresql_where=sa.text("status = 'asked'"),
        ),
    )


class MissingEntryEvidence(Base):
    """A file that the volunteer gave with their claim: what the gateway knew of it then."""

    __tablename__ = "missing_entry_evidence"

    missing_entry_id: Mapped[str] = mapped_column(sa.ForeignKey("missing_entry.id"), primary_key=True)
    position: Mapped[int] = mapped_column(sa.SmallInteger, primary_key=True)
    upload_id: Mapped[str] = mapped_column(ID, index=True)
    sha256: Mapped[str] = mapped_column(index=True)
    content_type: Mapped[str]
    name: Mapped[str]
