"""Who reviews in whose place, by the copies of what organization owns (docs/adr/0021)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, cast

import sqlalchemy as sa

from services.attendance.domain import REVIEWERS
from services.attendance.models import ORGANIZATION_COPY, DelegationCopy, ReviewerCopy
from services.chassis.clock import local_day
from services.chassis.copies import save_if_newer
from services.chassis.standing_in import StandingIn

if TYPE_CHECKING:
    from services.attendance.repository import AttendanceUnitOfWork

_STANDING_IN = StandingIn(
    cast(sa.Table, DelegationCopy.__table__), cast(sa.Table, ReviewerCopy.__table__), ORGANIZATION_COPY, REVIEWERS
)


class StandingInRepository:
    """Delegations, and the roles that they depend on."""

    def __init__(self, uow: AttendanceUnitOfWork) -> None:
        self._uow = uow
        self._lent: Sequence[str] | None = None

    def save_delegation(self, **values: Any) -> None:
        """Take over organization's state, unless it is old."""
        save_if_newer(self._uow.session, DelegationCopy, values)

    def save_reviewer(self, **values: Any) -> None:
        """Take over organization's state, unless it is old."""
        save_if_newer(self._uow.session, ReviewerCopy, values)

    def held(self, *fitting_roles: str) -> Sequence[str]:
        """The organizations at which the caller holds one of ``fitting_roles``, or reviews in another's place.

        What was lent is asked once in a unit of work.
        """
        if self._lent is None:
            self._lent = self._uow.session.scalars(self._received(DelegationCopy.organization_id)).all()
        return [*self._uow.caller.organizations_as(*fitting_roles), *self._lent]

    def delegators(self, organization_id: str, *, from_root: bool = False) -> Sequence[str]:
        """In whose place the caller may decide what belongs to ``organization_id``, as a superior (``from_root``: as
        the root); the first to ask comes first.
        """
        statement = (
            self._received(DelegationCopy.delegator_id)
            .where(_STANDING_IN.reaches(organization_id, from_above=True, from_root=from_root))
            .order_by(DelegationCopy.created_at, DelegationCopy.id)
        )
        return self._uow.session.scalars(statement).all()

    def _received(self, column: Any) -> Any:
        caller = self._uow.caller
        account_id = caller.account_id if caller.kind in ("volunteer", "administrator") else None
        return sa.select(column).where(
            DelegationCopy.delegate_id == account_id,
            ~DelegationCopy.revoked,
            _STANDING_IN.holds_on(local_day(self._uow.clock.now())),
        )
