"""Who was seen in person, and who asks for an account whose phone they have lost."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from services.identity.models.base import UUID, Base


class InPersonVerification(Base):
    """One verification in person, and how it ended. At most one of a volunteer goes on."""

    __tablename__ = "in_person_verification"

    id: Mapped[str] = mapped_column(UUID, primary_key=True)
    volunteer_id: Mapped[str] = mapped_column(UUID, sa.ForeignKey("volunteer.id", ondelete="CASCADE"), index=True)
    organization_id: Mapped[str] = mapped_column(UUID)
    verified_by: Mapped[str] = mapped_column(UUID)
    verified_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    ended_by: Mapped[str | None] = mapped_column(UUID)
    cause: Mapped[str | None]
    reason: Mapped[str | None]


class AccountRecovery(Base):
    """Somebody says that a certificate is theirs and that its phone is lost.

    There is a row in any case: ``volunteer_id`` is None where name and certificate fit nobody, and such a row is
    forgotten soon. ``phone_*`` is the phone that the code went to.
    """

    __tablename__ = "account_recovery"

    id: Mapped[str] = mapped_column(UUID, primary_key=True)
    volunteer_id: Mapped[str | None] = mapped_column(UUID, sa.ForeignKey("volunteer.id", ondelete="CASCADE"))
    phone_sealed: Mapped[str | None]
    status: Mapped[str]
    requested_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[str | None] = mapped_column(UUID)
    reason: Mapped[str | None]

    __table_args__ = (
        sa.Index(
            "uq_account_recovery_pending", "volunteer_id", unique=True, postgresql_where=sa.text("status = 'pending'")
        ),
        sa.Index("ix_account_recovery_volunteer_id", "volunteer_id"),
        sa.Index("ix_account_recovery_requested_at", "requested_at"),
    )
