"""Queries about the second factor."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import sqlalchemy as sa

from services.identity.models import RecoveryCode, Totp

if TYPE_CHECKING:
    from services.identity.repository import IdentityUnitOfWork


class SecondFactorRepository:
    """TOTP secrets and recovery codes."""

    def __init__(self, uow: IdentityUnitOfWork) -> None:
        self._uow = uow

    def is_enrolled(self, account_id: str) -> bool:
        """Whether the account has a confirmed second factor."""
        condition = sa.exists().where(Totp.account_id == account_id, Totp.confirmed_at.is_not(None))
        return bool(self._uow.session.scalar(sa.select(condition)))

    def get(self, account_id: str) -> Totp | None:
        """The account's secret, confirmed or not."""
        return self._uow.session.get(Totp, account_id)

    def lock(self, account_id: str) -> Totp | None:
        """The account's secret, confirmed or not; two codes at once are looked at one after the other."""
        return self._uow.session.get(Totp, account_id, with_for_update=True)

    def save_recovery_codes(self, account_id: str, digests: Iterable[bytes]) -> None:
        """Replace the account's recovery codes."""
        self._uow.session.execute(sa.delete(RecoveryCode).where(RecoveryCode.account_id == account_id))
        self._uow.session.add_all(RecoveryCode(account_id=account_id, digest=digest) for digest in digests)

    def recovery_code(self, account_id: str, digest: bytes) -> RecoveryCode | None:
        """A recovery code of the account that was not used yet."""
        code = self._uow.session.get(RecoveryCode, (account_id, digest))
        return code if code is not None and code.used_at is None else None

    def recovery_codes_left(self, account_id: str) -> int:
        """How many of them have not been used."""
        statement = sa.select(sa.func.count()).where(
            RecoveryCode.account_id == account_id, RecoveryCode.used_at.is_(None)
        )
        return self._uow.session.scalar(statement) or 0

    def forget(self, account_id: str) -> bool:
        """Remove secret and codes; whether there was a confirmed one."""
        self._uow.session.execute(sa.delete(RecoveryCode).where(RecoveryCode.account_id == account_id))
        confirmed = self._uow.session.scalars(
            sa.delete(Totp).where(Totp.account_id == account_id).returning(Totp.confirmed_at)
        ).all()
        return any(moment is not None for moment in confirmed)
