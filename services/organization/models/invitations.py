"""Who was asked to administer what."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from services.organization.models.base import UUID, Base


class AdministratorInvitation(Base):
    """An account is asked to take a role. ``status`` may still say ``open`` after ``expires_at``: it has lapsed then.

    ``by_platform``: a platform administrator asked, whose right rests on no role here.
    """

    __tablename__ = "administrator_invitation"

    id: Mapped[str] = mapped_column(UUID, primary_key=True)
    organization_id: Mapped[str] = mapped_column(UUID, sa.ForeignKey("organization.id"))
    account_id: Mapped[str] = mapped_column(UUID)
    role: Mapped[str]
    status: Mapped[str]
    invited_by: Mapped[str] = mapped_column(UUID)
    by_platform: Mapped[bool]
    invited_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(sa.BigInteger)

    __table_args__ = (
        sa.Index(
            "uq_administrator_invitation_open",
            "organization_id",
            "account_id",
            unique=True,
            postgresql_where=sa.text("status = 'open'"),
        ),
        sa.Index("ix_administrator_invitation_organization", "organization_id", "invited_at", "id"),
        sa.Index("ix_administrator_invitation_account", "account_id", "invited_at", "id"),
    )
