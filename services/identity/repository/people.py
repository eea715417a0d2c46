"""Queries about people: accounts, volunteers, roles."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

import sqlalchemy as sa

from services.chassis.context import Role
from services.chassis.copies import save_if_newer
from services.identity.domain.access import AccountKind
from services.identity.domain.bindings import Provider
from services.identity.models import Account, Binding, Principal, RoleGrant, Volunteer

if TYPE_CHECKING:
    from services.identity.repository import IdentityUnitOfWork

_BATCH = 500


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

    def erased_among(self, account_ids: Sequence[str]) -> list[str]:
        """Those of the accounts that were erased."""
        erased = sa.select(Account.id).where(Account.id.in_(account_ids), Account.erased_at.is_not(None))
        return list(self._uow.session.scalars(erased))

    def named(self, login: str) -> Account | None:
        """The account that ``login`` names: an account name, or a volunteer's phone, email or certificate number.

        A union, so that each way of naming walks its own index; one statement, whether or not there is an account.
        """
        text, vault = unicodedata.normalize("NFKC", login).strip(), self._uow.vault
        of_volunteer = sa.select(Account.id).where(Account.kind == AccountKind.VOLUNTEER)
        ids = sa.union_all(
            sa.select(Account.id).where(Account.account_name == text.lower()),
            of_volunteer.where(Account.phone_digest == vault.phone_digest(text.replace(" ", ""))),
            of_volunteer.where(Account.email_digest == vault.email_digest(text)),
            sa.select(Volunteer.account_id).where(Volunteer.cert_no_digest.in_(vault.certificate_digests(text))),
        )
        named = Account.id == ids.limit(1).scalar_subquery()
        return self._uow.session.scalar(sa.select(Account).where(named, Account.erased_at.is_(None)))

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

    def all(self) -> Iterator[tuple[Account, str | None, Binding | None]]:
        """Every account that has not been erased, with its volunteer's id and its WeChat."""
        of_wechat = sa.and_(Binding.account_id == Account.id, Binding.provider == Provider.WECHAT)
        statement = (
            sa.select(Account, Volunteer.id, Binding)
            .outerjoin(Volunteer, Volunteer.account_id == Account.id)
            .outerjoin(Binding, of_wechat)
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

    def lock_with_certificate(self, digest: bytes) -> Volunteer | None:
        """The volunteer who has registered with this certificate, locked until the transaction ends."""
        return self._uow.session.scalar(
            sa.select(Volunteer).where(Volunteer.cert_no_digest == digest).with_for_update()
        )

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
