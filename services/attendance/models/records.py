"""Service records with their scans."""

from __future__ import annotations

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ExcludeConstraint
from sqlalchemy.orm import Mapped, mapped_column

from services.attendance.models.base import ID, Base

# Who watches a shift finds changes by the transaction that made them (repository/watching.py).
_THIS_TRANSACTION = sa.text("pg_current_xact_id()::text::bigint")


class ServiceRecord(Base):
    """One service of one volunteer at one shift. ``starts_at`` to ``ends_at`` is the time that counts, once known.

    ``organization_id`` is the activity's when the record was made. ``served_on``: the day in Asia/Shanghai.
    ``signed_out_by``: the organizer's account, where the sign-out was forgotten and entered by hand.
    """

    __tablename__ = "service_record"

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    volunteer_id: Mapped[str] = mapped_column(ID)
    activity_id: Mapped[str] = mapped_column(ID)
    shift_id: Mapped[str] = mapped_column(ID)
    organization_id: Mapped[str] = mapped_column(ID)
    status: Mapped[str]
    provenance: Mapped[str]
    served_on: Mapped[date]
    signed_in_at: Mapped[datetime | None]
    signed_out_at: Mapped[datetime | None]
    signed_out_by: Mapped[str | None] = mapped_column(ID)
    sign_out_reason: Mapped[str | None]
    starts_at: Mapped[datetime | None]
    ends_at: Mapped[datetime | None]
    minutes: Mapped[int] = mapped_column(default=0)
    disclosed_until: Mapped[datetime | None]
    created_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)
    changed_in: Mapped[int] = mapped_column(sa.BigInteger, server_default=_THIS_TRANSACTION, onupdate=_THIS_TRANSACTION)

    __table_args__ = (
        sa.Index("ix_service_record_changed", "shift_id", "changed_in", "id"),
        sa.Index("ix_service_record_volunteer", "volunteer_id", "served_on", "id"),
        sa.Index("ix_service_record_volunteer_shift", "volunteer_id", "shift_id"),
        sa.Index("ix_service_record_activity", "activity_id", "served_on", "id"),
        sa.Index(
            "uq_service_record_open",
            "volunteer_id",
            "shift_id",
            unique=True,
            postgresql_where=sa.text("status = 'open'"),
        ),
        sa.Index("ix_service_record_recorded", "activity_id", postgresql_where=sa.text("status = 'recorded'")),
        sa.Index("ix_service_record_disclosed", "disclosed_until", postgresql_where=sa.text("status = 'disclosed'")),
        ExcludeConstraint(
            (sa.column("volunteer_id"), "="),
            (sa.text("tstzrange(starts_at, ends_at)"), "&&"),
            name="ex_service_record_no_overlap",
            where=sa.text("starts_at IS NOT NULL AND ends_at IS NOT NULL"),
        ),
        sa.CheckConstraint("minutes >= 0", name="minutes"),
    )


class Scan(Base):
    """A scan that was taken. The same nonce again is the same scan (how pretix does it: FACTS.md)."""

    __tablename__ = "scan"

    volunteer_id: Mapped[str] = mapped_column(ID, primary_key=True)
    nonce: Mapped[str] = mapped_column(primary_key=True)
    record_id: Mapped[str] = mapped_column(sa.ForeignKey("service_record.id"), index=True)
    shift_id: Mapped[str] = mapped_column(ID)
    direction: Mapped[str]
    at: Mapped[datetime]  # by the platform's clock: the time that counts
    scanned_at: Mapped[datetime | None]  # by the phone's, as it says
    latitude: Mapped[float | None]
    longitude: Mapped[float | None]
    device: Mapped[bytes | None]  # a digest of what the app calls its installation

    __table_args__ = (sa.Index("ix_scan_device", "device", postgresql_where=sa.text("device IS NOT NULL")),)
