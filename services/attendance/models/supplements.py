"""Supplements and their evidence."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from services.attendance.models.base import ID, Base


class Supplement(Base):
    """Hours that could not be scanned, asked for with evidence (notice, attachment 2, 三.9).

    ``submitted_on_behalf_of``: in whose place the volunteer's claim was confirmed that it comes from.
    """

    __tablename__ = "supplement"

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    volunteer_id: Mapped[str] = mapped_column(ID, index=True)
    activity_id: Mapped[str] = mapped_column(ID)
    shift_id: Mapped[str] = mapped_column(ID)
    organization_id: Mapped[str] = mapped_column(ID, index=True)
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    minutes: Mapped[int]
    reason: Mapped[str]
    status: Mapped[str]
    submitted_by: Mapped[str] = mapped_column(ID)
    submitted_on_behalf_of: Mapped[str | None] = mapped_column(ID)
    submitted_at: Mapped[datetime]
    decided_by: Mapped[str | None] = mapped_column(ID)
    on_behalf_of: Mapped[str | None] = mapped_column(ID)
    decided_at: Mapped[datetime | None]
    decision_reason: Mapped[str | None]
    decision_code: Mapped[str | None]
    record_id: Mapped[str | None] = mapped_column(sa.ForeignKey("service_record.id"))
    version: Mapped[int] = mapped_column(default=1)
    evidence: Mapped[list[Evidence]] = relationship(order_by="Evidence.position", lazy="selectin")

    __table_args__ = (
        sa.Index("ix_supplement_status", "status", "submitted_at", "id"),
        sa.Index("ix_supplement_submitted_at", "submitted_at", "id"),
    )


class Evidence(Base):
    """A file that proves a supplement: what the gateway knew of it then, so that a changed file is noticed."""

    __tablename__ = "evidence"

    supplement_id: Mapped[str] = mapped_column(sa.ForeignKey("supplement.id"), primary_key=True)
    position: Mapped[int] = mapped_column(sa.SmallInteger, primary_key=True)
    upload_id: Mapped[str] = mapped_column(ID, index=True)
    sha256: Mapped[str] = mapped_column(index=True)
    content_type: Mapped[str]
    name: Mapped[str]
