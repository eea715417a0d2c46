"""What people have agreed to, and what they were given of their data."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from services.identity.models.base import UUID, Base


class ConsentRecord(Base):
    """A consent, given by the person or by a guardian. Kept after erasure as proof; it names nobody (PIPL 14, 69)."""

    __tablename__ = "consent_record"

    id: Mapped[str] = mapped_column(UUID, primary_key=True)
    account_id: Mapped[str] = mapped_column(UUID, sa.ForeignKey("account.id", ondelete="CASCADE"), index=True)
    purpose: Mapped[str]
    text_version: Mapped[str]
    text_hash: Mapped[str]
    given_by: Mapped[str]
    given_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]


class DataExport(Base):
    """One answer to "what do you hold of me", gathered from every service; removed when it expires."""

    __tablename__ = "data_export"

    id: Mapped[str] = mapped_column(UUID, primary_key=True)
    account_id: Mapped[str] = mapped_column(UUID, sa.ForeignKey("account.id", ondelete="CASCADE"), index=True)
    requested_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)


class DataExportPart(Base):
    """What one service holds, sealed."""

    __tablename__ = "data_export_part"

    export_id: Mapped[str] = mapped_column(UUID, sa.ForeignKey("data_export.id", ondelete="CASCADE"), primary_key=True)
    service: Mapped[str] = mapped_column(primary_key=True)
    document_sealed: Mapped[str]
    received_at: Mapped[datetime]
