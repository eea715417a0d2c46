"""Who reviews in whose place, by the copies of what organization owns (docs/adr/0021)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, cast

import sqlalchemy as sa

from services.attendance.domain import REVIEWERS
from services.attendance.models import ORGANIZATION_COPY, DelegationCopy, ReviewerCopy
from services.chassis.clock import local_day
from services.chassis.copies import save_if_newer
from services.chassis.standing_in import StandingIn

if TYPE_CHECKING:
    from services.attendance.repository import AttendanceUnitOfWork


@cache
def _rule(lent_by: tuple[str, ...]) -> StandingIn:
    tables = (cast(sa.Table, DelegationCopy.__table__), cast(sa.Table, ReviewerCopy.__table__), ORGANIZATION_COPY)
    return StandingIn(*tables, REVIEWERS, lent_by)


def _lenders(fitting_roles: Sequence[str]) -> tuple[str, ...]:
    """Nobody lends more than they may themselves: of the roles that lend, those that fit."""
    return tuple(role for role in REVIEWERS if role in fitting_roles)


@dataclass(frozen=True, slots=True)
class Lent:
    """The work of ``delegator_id`` at ``organization_id`` and below it, which the caller does for them."""

    delegator_id: str
    organization_id: str


class StandingInRepository:
    """Delegations, and the roles that they depend on."""

    def __init__(self, uow: AttendanceUnitOfWork) -> None:
        self._uow = uow
        self._received_by: dict[tuple[str, ...], Sequence[Lent]] = {(): ()}

    def save_delegation(self, **values: Any) -> None:
        """Take over organization's state, unless it is old."""
        save_if_newer(self._uow.session, DelegationCopy, values)

    def save_reviewer(self, **values: Any) -> None:
        """Take over organization's state, unless it is old."""
        save_if_newer(self._uow.session, ReviewerCopy, values)

    def held(self, *fitting_roles: str) -> Sequence[str]:
        """The organizations at which the caller holds one of ``fitting_roles``, or reviews in the place of somebody
        who does.
        """
        lent = (lent.organization_id for lent in self._all_lent(fitting_roles))
        return [*self._uow.caller.organizations_as(*fitting_roles), *lent]

    def held_for(self, delegator_id: str, *fitting_roles: str) -> Sequence[str]:
        """Of those, the organizations at which the caller reviews in the place of ``delegator_id``."""
        return [lent.organization_id for lent in self._all_lent(fitting_roles) if lent.delegator_id == delegator_id]

    def lenders(self, *fitting_roles: str) -> set[str]:
        """The accounts with one of ``fitting_roles`` in whose place the caller reviews anywhere."""
        return {lent.delegator_id for lent in self._all_lent(fitting_roles)}

    def lent(
        self, organization_id: str, *fitting_roles: str, from_above: bool, from_root: bool = False
    ) -> Sequence[Lent]:
        """What the caller may decide of ``organization_id`` in the place of somebody with one of ``fitting_roles``
        there or above (``from_above``: above; ``from_root``: at the root).

        The nearest comes first, as with a right of one's own (``Organizations.nearest``); of the same organization's,
        who asked first.
        """
        lenders = _lenders(fitting_roles)
        if not lenders:
            return []
        rule = _rule(lenders)
        statement = (
            self._received(rule, DelegationCopy.delegator_id, DelegationCopy.organization_id)
            .join(ORGANIZATION_COPY, ORGANIZATION_COPY.c.id == DelegationCopy.organization_id)
            .where(rule.reaches(organization_id, from_above=from_above, from_root=from_root))
            .order_by(sa.func.nlevel(ORGANIZATION_COPY.c.path).desc(), DelegationCopy.created_at, DelegationCopy.id)
        )
        return [Lent(*row) for row in self._uow.session.execute(statement)]

    def _all_lent(self, fitting_roles: Sequence[str]) -> Sequence[Lent]:
        """Asked once in a unit of work."""
        lenders = _lenders(fitting_roles)
        if lenders not in self._received_by:
            received = self._received(_rule(lenders), DelegationCopy.delegator_id, DelegationCopy.organization_id)
            self._received_by[lenders] = [Lent(*row) for row in self._uow.session.execute(received)]
        return self._received_by[lenders]

    def _received(self, rule: StandingIn, *columns: Any) -> Any:
        caller = self._uow.caller
        account_id = caller.account_id if caller.kind in ("volunteer", "administrator") else None
        return sa.select(*columns).where(
            DelegationCopy.delegate_id == account_id,
            ~DelegationCopy.revoked,
            rule.holds_on(local_day(self._uow.clock.now())),
        )
