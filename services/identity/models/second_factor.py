"""The second factor: a secret shared with an authenticator app, and codes for whoever loses the phone."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from services.identity.models.base import UUID, Base


class Totp(Base):
    """An account's TOTP secret (RFC 6238), good from ``confirmed_at`` on. ``last_step``: the newest step in use."""

    __tablename__ = "totp"

    account_id: Mapped[str] = mapped_column(UUID, sa.ForeignKey("account.id", ondelete="CASCADE"), primary_key=True)
    secret_sealed: Mapped[str]
    created_at: Mapped[datetime]
    confirmed_at: Mapped[datetime | None]
    last_step: Mapped[int] = mapped_column(sa.BigInteger)


class RecoveryCode(Base):
    """One code that stands in for the app, once; by its digest."""

    __tablename__ = "recovery_code"

    account_id: Mapped[str] = mapped_column(UUID, sa.ForeignKey("account.id", ondelete="CASCADE"), primary_key=True)
    digest: Mapped[bytes] = mapped_column(primary_key=True)
    used_at: Mapped[datetime | None]
