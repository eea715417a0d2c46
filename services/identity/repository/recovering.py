"""Queries about verifications in person and about accounts that are asked for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, cast

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from services.identity.models import Account, AccountRecovery, InPersonVerification, Volunteer
from services.identity.models.base import Base

if TYPE_CHECKING:
    from services.identity.repository import IdentityUnitOfWork

_ORGANIZATION = Base.metadata.tables["organization_copy"]
_LONGEST_HISTORY = 100


@dataclass(frozen=True)
class VerificationRow:
    """A verification with what those concerned are called; None for whom nobody knows any more."""

    verification: InPersonVerification
    organization: str | None
    verifier: str | None
    ender: str | None


class InPersonRepository:
    """Verifications in person."""

    def __init__(self, uow: IdentityUnitOfWork) -> None:
        self._uow = uow

    def current(self, volunteer_id: str) -> InPersonVerification | None:
        """The verification of a volunteer that goes on."""
        return self._uow.session.scalar(
            sa.select(InPersonVerification)
            .where(InPersonVerification.volunteer_id == volunteer_id, InPersonVerification.ended_at.is_(None))
            .order_by(InPersonVerification.verified_at.desc())
            .limit(1)
        )

    def history(self, volunteer_id: str, *roles: str) -> list[VerificationRow]:
        """Those of a volunteer that organizations made which the caller reaches with one of ``roles``."""
        reached = self._uow.organizations.reachable(InPersonVerification.organization_id, *roles)
        return self._history(InPersonVerification.volunteer_id == volunteer_id, reached)

    def history_of(self, volunteer_id: str) -> list[VerificationRow]:
        """All of a volunteer's, the newest first."""
        return self._history(InPersonVerification.volunteer_id == volunteer_id)

    def _history(self, *conditions: sa.ColumnElement[bool]) -> list[VerificationRow]:
        verifier, ender = aliased(Account), aliased(Account)
        rows = self._uow.session.execute(
            sa.select(InPersonVerification, _ORGANIZATION.c.name, verifier.name, ender.name)
            .outerjoin(_ORGANIZATION, _ORGANIZATION.c.id == InPersonVerification.organization_id)
            .outerjoin(verifier, verifier.id == InPersonVerification.verified_by)
            .outerjoin(ender, ender.id == InPersonVerification.ended_by)
            .where(*conditions)
            .order_by(InPersonVerification.verified_at.desc(), InPersonVerification.id.desc())
            .limit(_LONGEST_HISTORY)
        )
        return [VerificationRow(*row) for row in rows]

    def lock_verified_before(self, moment: datetime, limit: int) -> Sequence[Volunteer]:
        """Volunteers whose verification is older than ``moment``, locked; those that others are at are passed over."""
        return self._uow.session.scalars(
            sa.select(Volunteer)
            .where(Volunteer.verified_in_person_at < moment)
            .order_by(Volunteer.id)
            .limit(limit)
            .with_for_update(skip_locked=True)
        ).all()

    def forget(self, volunteer_id: str) -> None:
        """Blank what was written about an erased volunteer."""
        self._uow.session.execute(
            sa.update(InPersonVerification).where(InPersonVerification.volunteer_id == volunteer_id).values(reason=None)
        )


class RecoveryRepository:
    """Accounts that are asked for."""

    def __init__(self, uow: IdentityUnitOfWork) -> None:
        self._uow = uow

    def lock(self, recovery_id: str) -> tuple[AccountRecovery, Volunteer] | None:
        """A request that is about somebody, and the volunteer, both locked."""
        recovery = self._uow.session.get(AccountRecovery, recovery_id)
        if recovery is None or recovery.volunteer_id is None:
            return None
        # the volunteer first, as everywhere; then the request as it is by now
        volunteer = self._uow.session.get_one(Volunteer, recovery.volunteer_id, with_for_update=True)
        self._uow.session.refresh(recovery, with_for_update=True)
        return recovery, volunteer

    def supersede(self, volunteer_id: str, now: datetime) -> None:
        """A newer request takes the place of the one that waits."""
        self._uow.session.execute(
            sa.update(AccountRecovery)
            .where(AccountRecovery.volunteer_id == volunteer_id, AccountRecovery.status == "pending")
            .values(status="superseded", decided_at=now, phone_sealed=None)
        )

    def waiting(self, *roles: str) -> sa.Select[Any]:
        """Requests that wait at organizations which the caller reaches with one of ``roles``."""
        selected: Any = (
            sa.select(AccountRecovery, Volunteer, Account)
            .join(Volunteer, Volunteer.id == AccountRecovery.volunteer_id)
            .join(Account, Account.id == Volunteer.account_id)
            .where(
                AccountRecovery.status == "pending",
                self._uow.organizations.reachable(Volunteer.organization_id, *roles),
            )
        )
        return cast(sa.Select[Any], selected)

    def forget(self, volunteer_id: str) -> None:
        """Forget that an erased volunteer's account was ever asked for."""
        self._uow.session.execute(sa.delete(AccountRecovery).where(AccountRecovery.volunteer_id == volunteer_id))

    def purge(self, before: datetime) -> None:
        """Forget requests that were about nobody."""
        self._uow.session.execute(
            sa.delete(AccountRecovery).where(
                AccountRecovery.volunteer_id.is_(None), AccountRecovery.requested_at < before
            )
        )
