"""What looks wrong, and how far the records have been looked through for it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from services.attendance.models.base import ID, Base


class Anomaly(Base):
    """Something that looks wrong, for one organization that it concerns; found again, it is the same row.

    Whom it is about: ``volunteer_id``, or for supplements in bulk ``account_id``; for a shared device neither.
    """

    __tablename__ = "anomaly"

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    kind: Mapped[str]
    fingerprint: Mapped[str]
    organization_id: Mapped[str] = mapped_column(ID)
    activity_id: Mapped[str | None] = mapped_column(ID)
    volunteer_id: Mapped[str | None] = mapped_column(ID, index=True)
    account_id: Mapped[str | None] = mapped_column(ID, index=True)
    day: Mapped[date]
    facts: Mapped[dict[str, Any]] = mapped_column(JSONB)
    found_at: Mapped[datetime]
    status: Mapped[str]
    note: Mapped[str | None]
    resolved_by: Mapped[str | None] = mapped_column(ID)
    resolved_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)

    __table_args__ = (
        sa.UniqueConstraint("kind", "fingerprint", "organization_id"),
        sa.Index("ix_anomaly_organization", "organization_id", "status", "found_at", "id"),
    )


class AnomalyCursor(Base):
    """Up to which row of a source everything has been looked at."""

    __tablename__ = "anomaly_cursor"

    source: Mapped[str] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    row_id: Mapped[str]
