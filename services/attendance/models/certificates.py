"""Certificates of service, what each of them lists, and the batches that organizations ask for."""

from __future__ import annotations

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from services.attendance.models.base import ID, Base

CERTIFICATE_NUMBERS = sa.Sequence("service_certificate_number", metadata=Base.metadata)
"""What serials are made of."""


class CertificateBatch(Base):
    """An organization asks for certificates of what many people have served for it."""

    __tablename__ = "certificate_batch"

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    organization_id: Mapped[str] = mapped_column(ID)
    activity_id: Mapped[str | None] = mapped_column(ID)
    from_day: Mapped[date | None]
    to_day: Mapped[date | None]
    requested_by: Mapped[str] = mapped_column(ID)
    requested_at: Mapped[datetime]

    __table_args__ = (sa.Index("ix_certificate_batch_organization", "organization_id", "requested_at", "id"),)


class ServiceCertificate(Base):
    """What one volunteer had served, frozen when it was issued. ``from_day`` and ``to_day`` are what was asked for.

    ``organization_id``: only hours for that organization and those below it; None: all of one's own. ``code_sealed``
    opens the public verification; sealed, because it is printed again. ``changed_at``: outdated or revoked then.
    """

    __tablename__ = "service_certificate"

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    serial: Mapped[str] = mapped_column(unique=True)
    volunteer_id: Mapped[str] = mapped_column(ID)
    organization_id: Mapped[str | None] = mapped_column(ID)
    batch_id: Mapped[str | None] = mapped_column(sa.ForeignKey("certificate_batch.id"))
    name: Mapped[str]
    volunteer_no: Mapped[str]
    from_day: Mapped[date | None]
    to_day: Mapped[date | None]
    minutes: Mapped[int]
    services: Mapped[int]
    code_sealed: Mapped[str]
    status: Mapped[str]
    issued_at: Mapped[datetime]
    changed_at: Mapped[datetime | None]
    reason: Mapped[str | None]
    version: Mapped[int] = mapped_column(default=1)

    __table_args__ = (
        sa.Index("ix_service_certificate_volunteer", "volunteer_id", "issued_at", "id"),
        sa.Index(
            "ix_service_certificate_batch", "batch_id", "serial", postgresql_where=sa.text("batch_id IS NOT NULL")
        ),
    )


class CertifiedService(Base):
    """A line of a certificate, as it was when the certificate was issued (民政部令67号: time, content, place, unit)."""

    __tablename__ = "certified_service"

    certificate_id: Mapped[str] = mapped_column(sa.ForeignKey("service_certificate.id"), primary_key=True)
    position: Mapped[int] = mapped_column(sa.SmallInteger, primary_key=True)
    record_id: Mapped[str] = mapped_column(sa.ForeignKey("service_record.id"), index=True)
    title: Mapped[str]
    address: Mapped[str | None]
    organization_name: Mapped[str]
    served_on: Mapped[date]
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    minutes: Mapped[int]


class BatchMember(Base):
    """Somebody in a batch. ``next_attempt_at``: not before then, because a process is at it."""

    __tablename__ = "certificate_batch_member"

    batch_id: Mapped[str] = mapped_column(sa.ForeignKey("certificate_batch.id"), primary_key=True)
    volunteer_id: Mapped[str] = mapped_column(ID, primary_key=True)
    status: Mapped[str]
    next_attempt_at: Mapped[datetime]

    __table_args__ = (
        sa.Index(
            "ix_certificate_batch_member_waiting", "next_attempt_at", postgresql_where=sa.text("status = 'waiting'")
        ),
        sa.Index("ix_certificate_batch_member_volunteer", "volunteer_id"),
    )
