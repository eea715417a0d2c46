"""Corrections of records, asked for by the volunteer or made unasked (民政部令67号: errors corrected on request)."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from services.attendance.models.base import ID, Base


class Correction(Base):
    """A wish that a record count another time, and what came of it.

    ``starts_at`` to ``ends_at`` is what was asked for, ``granted_starts_at`` to ``granted_ends_at`` what counts since;
    both null: the minutes are taken back. ``requested_by`` is the organizer where nobody had asked (``on_request``).
    """

    __tablename__ = "correction"

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    record_id: Mapped[str] = mapped_column(sa.ForeignKey("service_record.id"), index=True)
    volunteer_id: Mapped[str] = mapped_column(ID)
    activity_id: Mapped[str] = mapped_column(ID)
    on_request: Mapped[bool]
    starts_at: Mapped[datetime | None]
    ends_at: Mapped[datetime | None]
    reason: Mapped[str]
    status: Mapped[str]
    requested_by: Mapped[str] = mapped_column(ID)
    requested_at: Mapped[datetime]
    decided_by: Mapped[str | None] = mapped_column(ID)
    on_behalf_of: Mapped[str | None] = mapped_column(ID)
    decided_at: Mapped[datetime | None]
    decision_reason: Mapped[str | None]
    granted_starts_at: Mapped[datetime | None]
    granted_ends_at: Mapped[datetime | None]
    minutes_before: Mapped[int | None]
    minutes: Mapped[int | None]
    version: Mapped[int] = mapped_column(default=1)
    evidence: Mapped[list[CorrectionEvidence]] = relationship(order_by="CorrectionEvidence.position", lazy="selectin")

    __table_args__ = (
        sa.Index("ix_correction_volunteer", "volunteer_id", "requested_at", "id"),
        sa.Index("ix_correction_status", "status", "requested_at", "id"),
        sa.Index("ix_correction_waiting", "activity_id", postgresql_where=sa.text("status = 'requested'")),
        sa.Index("uq_correction_requested", "record_id", unique=True, postgresql_where=sa.text("status = 'requested'")),
    )


class CorrectionEvidence(Base):
    """A file that speaks for a correction: what the gateway knew of it then."""

    __tablename__ = "correction_evidence"

    correction_id: Mapped[str] = mapped_column(sa.ForeignKey("correction.id"), primary_key=True)
    position: Mapped[int] = mapped_column(sa.SmallInteger, primary_key=True)
    upload_id: Mapped[str] = mapped_column(ID, index=True)
    sha256: Mapped[str] = mapped_column(index=True)
    content_type: Mapped[str]
    name: Mapped[str]
