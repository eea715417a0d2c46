"""Other ways to sign in: WeChat and Alipay accounts that were bound to one of ours."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from services.identity.models.base import UUID, Base


class Binding(Base):
    """An account's identity at a provider. One of theirs belongs to one of ours."""

    __tablename__ = "binding"

    account_id: Mapped[str] = mapped_column(UUID, sa.ForeignKey("account.id", ondelete="CASCADE"), primary_key=True)
    provider: Mapped[str] = mapped_column(primary_key=True)
    openid_sealed: Mapped[str]
    openid_digest: Mapped[bytes]
    bound_at: Mapped[datetime]

    __table_args__ = (sa.UniqueConstraint("provider", "openid_digest"),)


class BindingScene(Base):
    """A QR code that was shown to somebody who is signed in; whoever scans it is bound to that account, once."""

    __tablename__ = "binding_scene"

    digest: Mapped[bytes] = mapped_column(primary_key=True)
    account_id: Mapped[str] = mapped_column(UUID, sa.ForeignKey("account.id", ondelete="CASCADE"), index=True)
    expires_at: Mapped[datetime] = mapped_column(index=True)


class ProviderPush(Base):
    """A push that was taken: the provider repeats what it believes lost."""

    __tablename__ = "provider_push"

    digest: Mapped[bytes] = mapped_column(primary_key=True)
    received_at: Mapped[datetime] = mapped_column(index=True)
