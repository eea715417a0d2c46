"""How one gets in: captchas, codes, failures, sessions and their tokens."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from services.identity.models.base import UUID, Base


class Captcha(Base):
    """A picture that was shown. The row goes with the first answer, right or wrong."""

    __tablename__ = "captcha"

    id: Mapped[str] = mapped_column(UUID, primary_key=True)
    answer_digest: Mapped[bytes]
    expires_at: Mapped[datetime] = mapped_column(index=True)


class VerificationCode(Base):
    """A code on its way to a phone or mailbox. Neither stands here in clear; ``address_digest`` is who asked."""

    __tablename__ = "verification_code"

    id: Mapped[str] = mapped_column(UUID, primary_key=True)
    purpose: Mapped[str]
    channel: Mapped[str]
    recipient_digest: Mapped[bytes]
    code_digest: Mapped[bytes]
    address_digest: Mapped[bytes]
    attempts: Mapped[int] = mapped_column(sa.SmallInteger)
    requested_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]

    __table_args__ = (
        sa.Index("ix_verification_code_recipient", "recipient_digest", "requested_at"),
        sa.Index("ix_verification_code_address", "address_digest", "requested_at"),
        sa.Index("ix_verification_code_requested_at", "requested_at"),
    )


class LoginFailure(Base):
    """Wrong passwords for a name, whether or not there is such an account.

    ``notice_due``: the name was locked for the first time in a spell; its owner, if it has one, is told a moment later,
    so that the attempt itself does the same work either way.
    """

    __tablename__ = "login_failure"

    login_digest: Mapped[bytes] = mapped_column(primary_key=True)
    failures: Mapped[int]
    last_at: Mapped[datetime] = mapped_column(index=True)
    locked_until: Mapped[datetime | None]
    account_id: Mapped[str | None] = mapped_column(UUID)
    notice_due: Mapped[bool] = mapped_column(server_default=sa.false())

    __table_args__ = (sa.Index("ix_login_failure_notice", "last_at", postgresql_where=sa.text("notice_due")),)


class LoginSession(Base):
    """A device that is signed in; its refresh tokens are one family and end together.

    ``device`` and the address are those of the last use.
    """

    __tablename__ = "login_session"

    id: Mapped[str] = mapped_column(UUID, primary_key=True)
    account_id: Mapped[str] = mapped_column(UUID, sa.ForeignKey("account.id", ondelete="CASCADE"), index=True)
    created_at: Mapped[datetime]
    last_used_at: Mapped[datetime]
    device: Mapped[str | None]
    address_sealed: Mapped[str | None]
    expires_at: Mapped[datetime] = mapped_column(index=True)
    ended_at: Mapped[datetime | None]
    end_reason: Mapped[str | None]


class RefreshToken(Base):
    """One refresh token, by its digest. Spent ones stay with their session, so that a stolen one is recognised."""

    __tablename__ = "refresh_token"

    digest: Mapped[bytes] = mapped_column(primary_key=True)
    session_id: Mapped[str] = mapped_column(UUID, sa.ForeignKey("login_session.id", ondelete="CASCADE"), index=True)
    issued_at: Mapped[datetime]
    spent_at: Mapped[datetime | None]
