"""Identity's queries."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from services.chassis.context import Role
from services.chassis.copies import save_if_newer
from services.chassis.organizations import Organizations
from services.chassis.unit_of_work import UnitOfWork
from services.identity.domain.access import AccountKind, Purpose
from services.identity.models import (
    Account,
    Captcha,
    LoginFailure,
    LoginSession,
    Principal,
    RefreshToken,
    RoleGrant,
    VerificationCode,
    Volunteer,
)
from services.identity.settings import IdentitySettings
from services.identity.vault import Vault

_BATCH = 500


class IdentityUnitOfWork(UnitOfWork):
    """A unit of work with identity's repositories and its vault."""

    settings: IdentitySettings

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.vault = Vault(self.settings.field_cipher, self.settings.message_cipher, self.settings.blind_index)
        self.accounts = AccountRepository(self)
        self.volunteers = VolunteerRepository(self)
        self.roles = RoleRepository(self)
        self.captchas = CaptchaRepository(self)
        self.codes = CodeRepository(self)
        self.logins = LoginRepository(self)
        self.sessions = SessionRepository(self)
        self.organizations = Organizations(self.session, self.caller)


class AccountRepository:
    """Accounts, and the ways in which people name them."""

    def __init__(self, uow: IdentityUnitOfWork) -> None:
        self._uow = uow

    def get(self, account_id: str) -> Account | None:
        """An account that has not been erased."""
        account = self._uow.session.get(Account, account_id)
        return None if account is None or account.erased_at is not None else account

    def lock(self, account_id: str) -> Account | None:
        """As :meth:`get`, locked until the transaction ends."""
        account = self._uow.session.get(Account, account_id, with_for_update=True)
        return None if account is None or account.erased_at is not None else account

    def named(self, login: str) -> Account | None:
        """The account that ``login`` names: an account name, or a volunteer's phone, email or certificate number.

        A union, so that each way of naming walks its own index.
        """
        text, vault = unicodedata.normalize("NFKC", login).strip(), self._uow.vault
        of_volunteer = sa.select(Account.id).where(Account.kind == AccountKind.VOLUNTEER)
        ids = sa.union_all(
            sa.select(Account.id).where(Account.account_name == text.lower()),
            of_volunteer.where(Account.phone_digest == vault.phone_digest(text.replace(" ", ""))),
            of_volunteer.where(Account.email_digest == vault.email_digest(text)),
            sa.select(Volunteer.account_id).where(Volunteer.cert_no_digest.in_(vault.certificate_digests(text))),
        )
        account_id = self._uow.session.scalar(ids.limit(1))
        return None if account_id is None else self.get(account_id)

    def with_name(self, account_name: str) -> Account | None:
        """The account with this account name."""
        return self._uow.session.scalar(sa.select(Account).where(Account.account_name == account_name))

    def volunteer_has_phone(self, digest: bytes) -> bool:
        """Whether a volunteer uses this phone."""
        return self._exists(Account.kind == AccountKind.VOLUNTEER, Account.phone_digest == digest)

    def volunteer_has_email(self, digest: bytes) -> bool:
        """Whether a volunteer uses this mail address."""
        return self._exists(Account.kind == AccountKind.VOLUNTEER, Account.email_digest == digest)

    def principal_of(self, account_id: str) -> Principal | None:
        """The person behind an administrator's account."""
        return self._uow.session.get(Principal, account_id)

    def delete_unconfirmed(self, before: datetime) -> int:
        """Forget registrations of organizations that were cut off before ``before``; answers how many."""
        cut_off = sa.select(Principal.account_id).where(
            Principal.confirmed_at.is_(None),
            ~sa.exists().where(RoleGrant.account_id == Principal.account_id),
        )
        statement = sa.delete(Account).where(Account.id.in_(cut_off), Account.created_at < before)
        return len(self._uow.session.scalars(statement.returning(Account.id)).all())

    def all(self) -> Iterator[tuple[Account, str | None]]:
        """Every account that has not been erased, with its volunteer's id."""
        statement = (
            sa.select(Account, Volunteer.id)
            .outerjoin(Volunteer, Volunteer.account_id == Account.id)
            .where(Account.erased_at.is_(None))
            .order_by(Account.id)
        )
        yield from self._uow.session.execute(statement.execution_options(yield_per=_BATCH))

    def _exists(self, *conditions: sa.ColumnElement[bool]) -> bool:
        return bool(self._uow.session.scalar(sa.select(sa.exists().where(*conditions))))


class VolunteerRepository:
    """Volunteers."""

    def __init__(self, uow: IdentityUnitOfWork) -> None:
        self._uow = uow

    def get(self, volunteer_id: str) -> Volunteer | None:
        """One volunteer."""
        return self._uow.session.get(Volunteer, volunteer_id)

    def lock(self, volunteer_id: str) -> Volunteer | None:
        """One volunteer, locked until the transaction ends."""
        return self._uow.session.get(Volunteer, volunteer_id, with_for_update=True)

    def of_account(self, account_id: str) -> Volunteer | None:
        """The volunteer behind an account, if it is one's."""
        return self._uow.session.scalar(sa.select(Volunteer).where(Volunteer.account_id == account_id))

    def lock_of_account(self, account_id: str) -> Volunteer | None:
        """As :meth:`of_account`, locked until the transaction ends."""
        statement = sa.select(Volunteer).where(Volunteer.account_id == account_id).with_for_update()
        return self._uow.session.scalar(statement)

    def has_certificate(self, digest: bytes) -> bool:
        """Whether a volunteer has registered with this certificate."""
        return bool(self._uow.session.scalar(sa.select(sa.exists().where(Volunteer.cert_no_digest == digest))))

    def has_number(self, volunteer_no: str) -> bool:
        """Whether a volunteer number is taken."""
        return bool(self._uow.session.scalar(sa.select(sa.exists().where(Volunteer.volunteer_no == volunteer_no))))

    def all(self) -> Iterator[tuple[Volunteer, Account]]:
        """Every volunteer, the erased among them."""
        statement = (
            sa.select(Volunteer, Account).join(Account, Account.id == Volunteer.account_id).order_by(Volunteer.id)
        )
        yield from self._uow.session.execute(statement.execution_options(yield_per=_BATCH))


class RoleRepository:
    """Roles at organizations: the copy that access tokens are made from."""

    def __init__(self, uow: IdentityUnitOfWork) -> None:
        self._uow = uow

    def save(
        self, *, administrator_id: str, account_id: str, organization_id: str, role: str, active: bool, version: int
    ) -> None:
        """Take over a role's state, unless a newer one has been here."""
        save_if_newer(
            self._uow.session,
            RoleGrant,
            {
                "administrator_id": administrator_id,
                "account_id": account_id,
                "organization_id": organization_id,
                "role": role,
                "active": active,
                "version": version,
            },
        )

    def of(self, account_id: str) -> list[Role]:
        """The roles that an account holds now."""
        rows = self._uow.session.execute(
            sa.select(RoleGrant.organization_id, RoleGrant.role)
            .where(RoleGrant.account_id == account_id, RoleGrant.active)
            .order_by(RoleGrant.organization_id, RoleGrant.role)
        )
        return [Role(*row) for row in rows]


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

    def purge(self, before: datetime) -> None:
        """Forget sessions (and with them their tokens) that were over before ``before``."""
        self._uow.session.execute(sa.delete(LoginSession).where(LoginSession.expires_at < before))


UNIT_OF_WORK = IdentityUnitOfWork
