"""Scans that were handed in later."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from services.attendance.models.base import ID, Base


class OfflineScan(Base):
    """A scan that a phone kept and handed in later; it stays, whatever comes of it.

    It stands in ``record_id``, or ``conflict`` says what stands against it (``facts``: with which figures) and
    organizers see it from ``surfaces_at`` on. ``at`` is the time that the code proves. ``resolution``: what the
    organizer decided, ``accepted`` or ``dismissed``.
    """

    __tablename__ = "offline_scan"

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    volunteer_id: Mapped[str] = mapped_column(ID)
    nonce: Mapped[str]
    activity_id: Mapped[str] = mapped_column(ID)
    shift_id: Mapped[str] = mapped_column(ID)
    direction: Mapped[str]
    printed: Mapped[bool]
    at: Mapped[datetime]
    scanned_at: Mapped[datetime]  # by the phone's clock, as it says
    latitude: Mapped[float | None]
    longitude: Mapped[float | None]
    device: Mapped[bytes | None]
    uploaded_at: Mapped[datetime]
    record_id: Mapped[str | None] = mapped_column(sa.ForeignKey("service_record.id"), index=True)
    conflict: Mapped[str | None]
    facts: Mapped[dict[str, Any]] = mapped_column(JSONB)
    surfaces_at: Mapped[datetime | None]
    resolution: Mapped[str | None]
    resolved_by: Mapped[str | None] = mapped_column(ID)
    resolved_at: Mapped[datetime | None]
    reason: Mapped[str | None]
    version: Mapped[int] = mapped_column(default=1)

    __table_args__ = (
        sa.UniqueConstraint("volunteer_id", "nonce"),
        sa.Index("ix_offline_scan_volunteer_shift", "volunteer_id", "shift_id"),
        sa.Index("ix_offline_scan_device", "device", postgresql_where=sa.text("device IS NOT NULL")),
        sa.Index("ix_offline_scan_activity", "activity_id", "uploaded_at", "id"),
    )
