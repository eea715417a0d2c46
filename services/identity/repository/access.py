"""Queries about getting in: captchas, codes, wrong passwords, sessions."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from services.identity.domain.access import Purpose
from services.identity.models import Captcha, LoginFailure, LoginSession, RefreshToken, VerificationCode

if TYPE_CHECKING:
    from services.identity.repository import IdentityUnitOfWork


class CaptchaRepository:
    """Pictures that have been shown."""

    def __init__(self, uow: IdentityUnitOfWork) -> None:
        self._uow = uow

    def take(self, captcha_id: str) -> Captcha | None:
        """Remove a captcha and answer it: nobody else can answer to it from now on."""
        return self._uow.session.scalar(sa.delete(Captcha).where(Captcha.id == captcha_id).returning(Captcha))

    def purge(self, before: datetime) -> None:
        """Forget what nobody answered."""
        self._uow.session.execute(sa.delete(Captcha).where(Captcha.expires_at < before))


class CodeRepository:
    """Verification codes."""

    def __init__(self, uow: IdentityUnitOfWork) -> None:
        self._uow = uow

    def lock_recipient(self, digest: bytes) -> None:
        """Let requests for one recipient pass one at a time, so that limits hold for simultaneous ones too."""
        key = int.from_bytes(digest[:8], "big", signed=True)
        self._uow.session.execute(sa.select(sa.func.pg_advisory_xact_lock(key)))

    def sent_to(self, digest: bytes, since: datetime) -> Sequence[datetime]:
        """When codes were requested for a recipient."""
        return self._uow.session.scalars(
            sa.select(VerificationCode.requested_at).where(
                VerificationCode.recipient_digest == digest, VerificationCode.requested_at > since
            )
        ).all()

    def asked_from(self, address_digest: bytes, since: datetime) -> Sequence[datetime]:
        """When codes were requested from an address."""
        return self._uow.session.scalars(
            sa.select(VerificationCode.requested_at).where(
                VerificationCode.address_digest == address_digest, VerificationCode.requested_at > since
            )
        ).all()

    def lock_current(self, purpose: Purpose, digest: bytes, now: datetime) -> VerificationCode | None:
        """The newest code of a recipient for ``purpose``, locked; None if it is used or over."""
        code = self._uow.session.scalar(
            sa.select(VerificationCode)
            .where(VerificationCode.recipient_digest == digest, VerificationCode.purpose == purpose)
            .order_by(VerificationCode.requested_at.desc(), VerificationCode.id.desc())
            .limit(1)
            .with_for_update()
        )
        return code if code is not None and code.used_at is None and code.expires_at > now else None

    def forget(self, *digests: bytes | None) -> None:
        """Forget that codes were ever sent to these recipients."""
        known = [digest for digest in digests if digest is not None]
        self._uow.session.execute(sa.delete(VerificationCode).where(VerificationCode.recipient_digest.in_(known)))

    def purge(self, before: datetime) -> None:
        """Forget codes that no limit counts any more."""
        self._uow.session.execute(sa.delete(VerificationCode).where(VerificationCode.requested_at < before))


class LoginRepository:
    """Wrong passwords, by the digest of the name that was given."""

    def __init__(self, uow: IdentityUnitOfWork) -> None:
        self._uow = uow

    def lock(self, digest: bytes, now: datetime) -> LoginFailure:
        """The failures for a name, locked; a row of none if there have been none."""
        self._uow.session.execute(
            insert(LoginFailure).values(login_digest=digest, failures=0, last_at=now).on_conflict_do_nothing()
        )
        return self._uow.session.get_one(LoginFailure, digest, with_for_update=True)

    def take_notices(self, before: datetime) -> list[str]:
        """Accounts whose owners are to be told of a lock whose last attempt was made before ``before``; each once."""
        due = sa.select(LoginFailure.login_digest).where(LoginFailure.notice_due, LoginFailure.last_at < before)
        taken = (
            sa.update(LoginFailure)
            .where(LoginFailure.login_digest.in_(due.with_for_update(skip_locked=True)))
            .values(notice_due=False)
        )
        accounts = self._uow.session.scalars(taken.returning(LoginFailure.account_id)).all()
        return sorted({account_id for account_id in accounts if account_id is not None})

    def forget_account(self, account_id: str) -> None:
        """Forget the failures for the names of an erased account."""
        self._uow.session.execute(sa.delete(LoginFailure).where(LoginFailure.account_id == account_id))

    def forget(self, digest: bytes) -> None:
        """The right password came."""
        self._uow.session.execute(sa.delete(LoginFailure).where(LoginFailure.login_digest == digest))

    def purge(self, before: datetime) -> None:
        """Forget old failures."""
        self._uow.session.execute(sa.delete(LoginFailure).where(LoginFailure.last_at < before))


class SessionRepository:
    """Sessions and their refresh tokens."""

    def __init__(self, uow: IdentityUnitOfWork) -> None:
        self._uow = uow

    def of_refresh_token(self, digest: bytes) -> tuple[RefreshToken, LoginSession] | None:
        """A refresh token and its session, the session locked."""
        token = self._uow.session.get(RefreshToken, digest)
        if token is None:
            return None
        session = self._uow.session.get_one(LoginSession, token.session_id, with_for_update=True)
        self._uow.session.refresh(token)  # it may have been spent while the lock was waited for
        return token, session

    def open_of(self, account_id: str, now: datetime) -> Sequence[LoginSession]:
        """The sessions of an account that go on, the last used first."""
        return self._uow.session.scalars(
            sa.select(LoginSession)
            .where(
                LoginSession.account_id == account_id, LoginSession.ended_at.is_(None), LoginSession.expires_at > now
            )
            .order_by(LoginSession.last_used_at.desc(), LoginSession.id)
        ).all()

    def open_among(self, session_ids: Sequence[str], now: datetime) -> set[str]:
        """Those of the sessions that go on."""
        going_on = LoginSession.ended_at.is_(None) & (LoginSession.expires_at > now)
        return set(
            self._uow.session.scalars(sa.select(LoginSession.id).where(LoginSession.id.in_(session_ids), going_on))
        )

    def end(self, account_id: str, reason: str, now: datetime, *, session_id: str | None = None) -> int:
        """End one session of an account, or all of them; answers how many went on until now."""
        statement = (
            sa.update(LoginSession)
            .where(LoginSession.account_id == account_id, LoginSession.ended_at.is_(None))
            .values(ended_at=now, end_reason=reason)
        )
        if session_id is not None:
            statement = statement.where(LoginSession.id == session_id)
        return len(self._uow.session.scalars(statement.returning(LoginSession.id)).all())

    def forget(self, account_id: str) -> None:
        """Blank from what and where the sessions of an erased account were used."""
        blank = sa.update(LoginSession).where(LoginSession.account_id == account_id)
        self._uow.session.execute(blank.values(device=None, address_sealed=None))

    def purge(self, before: datetime) -> None:
        """Forget sessions (and with them their tokens) that were over before ``before``."""
        self._uow.session.execute(sa.delete(LoginSession).where(LoginSession.expires_at < before))
