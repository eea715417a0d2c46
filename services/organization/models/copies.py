"""Copies of what other services own, fed by their events."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from services.organization.models.base import UUID, Base


class Applicant(Base):
    """A copy of ``volunteer.registered``: exactly what an administrator reviews."""

    __tablename__ = "applicant"

    volunteer_id: Mapped[str] = mapped_column(UUID, primary_key=True)
    name: Mapped[str]
    volunteer_no: Mapped[str]
    cert_type: Mapped[str]
    cert_no_masked: Mapped[str]
    phone_masked: Mapped[str]
    version: Mapped[int] = mapped_column(sa.BigInteger)


class Volunteer(Base):
    """A copy of ``volunteer.changed``: who somebody is now."""

    __tablename__ = "volunteer"

    id: Mapped[str] = mapped_column(UUID, primary_key=True)
    account_id: Mapped[str] = mapped_column(UUID)
    volunteer_no: Mapped[str]
    name: Mapped[str]
    status: Mapped[str]
    political_status: Mapped[str | None]
    version: Mapped[int] = mapped_column(sa.BigInteger)

    __table_args__ = (
        sa.Index("ix_volunteer_account", "account_id"),
        sa.Index("ix_volunteer_no", "volunteer_no"),
    )


class CardApplication(Base):
    """A copy of ``card.status_changed``: who holds a card."""

    __tablename__ = "card_application"

    id: Mapped[str] = mapped_column(UUID, primary_key=True)
    volunteer_id: Mapped[str] = mapped_column(UUID)
    status: Mapped[str]
    version: Mapped[int] = mapped_column(sa.BigInteger)

    __table_args__ = (
        sa.Index("ix_card_application_in_hand", "volunteer_id", postgresql_where=sa.text("status = 'activated'")),
    )


class PublishedActivity(Base):
    """A copy of ``activity.published`` and ``activity.revoked``, in whichever order they arrive."""

    __tablename__ = "published_activity"

    id: Mapped[str] = mapped_column(UUID, primary_key=True)
    organization_id: Mapped[str] = mapped_column(UUID)
    published_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]

    __table_args__ = (
        sa.Index(
            "ix_published_activity_organization",
            "organization_id",
            "published_at",
            postgresql_where=sa.text("revoked_at IS NULL"),
        ),
    )


class RecordDuty(Base):
    """A copy of ``record_duty.changed``: whether an activity's hours were recorded in time."""

    __tablename__ = "record_duty"

    activity_id: Mapped[str] = mapped_column(UUID, primary_key=True)
    organization_id: Mapped[str] = mapped_column(UUID)
    status: Mapped[str]
    version: Mapped[int] = mapped_column(sa.BigInteger)

    __table_args__ = (sa.Index("ix_record_duty_organization", "organization_id", "status"),)
