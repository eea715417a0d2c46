"""Who reviews in whose place. What is in force is derived from the roles of both sides, each time (docs/adr/0021)."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any, cast

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from services.chassis.clock import local_day
from services.chassis.pagination import AnySelect
from services.chassis.standing_in import StandingIn
from services.organization.domain import REVIEWING, OrganizationStatus
from services.organization.models import Administrator, Delegation, Organization, Volunteer

if TYPE_CHECKING:
    from services.organization.repository import OrganizationUnitOfWork


_STANDING_IN = StandingIn(
    cast(sa.Table, Delegation.__table__),
    cast(sa.Table, Administrator.__table__),
    cast(sa.Table, Organization.__table__),
    REVIEWING,
)


class DelegationRepository:
    """Delegations."""

    def __init__(self, uow: OrganizationUnitOfWork) -> None:
        self._uow = uow
        self._held: dict[tuple[str, ...], Sequence[str]] = {}

    def held(self, *fitting_roles: str) -> Sequence[str]:
        """The organizations at which the caller holds one of ``fitting_roles``, or reviews in another's place.

        Asked once in a unit of work: an inbox needs it for its rows, for what was escalated and for every decision.
        """
        if fitting_roles not in self._held:
            own = self._uow.administrators.held(*fitting_roles)
            both = sa.union(own, self._received(Delegation.organization_id))
            self._held[fitting_roles] = self._uow.session.scalars(both).all()
        return self._held[fitting_roles]

    def delegators(self, organization_id: str, *, from_above: bool) -> Sequence[str]:
        """In whose place the caller may review what belongs to ``organization_id``; the first to ask comes first."""
        statement = (
            self._received(Delegation.delegator_id)
            .where(_STANDING_IN.reaches(organization_id, from_above=from_above))
            .order_by(Delegation.created_at, Delegation.id)
        )
        return self._uow.session.scalars(statement).all()

    def is_trusted(self, account_id: str, organization_id: str) -> bool:
        """Whether the account may stand in there: it reviews under the same parent, or above."""
        return bool(self._uow.session.scalar(sa.select(_STANDING_IN.is_trusted(account_id, organization_id))))

    def overlapping(self, organization_id: str, delegator_id: str, starts_on: date, ends_on: date) -> bool:
        """Whether the delegator has lent their reviewing there for a part of this time; lock the organization first."""
        found = sa.exists().where(
            Delegation.organization_id == organization_id,
            Delegation.delegator_id == delegator_id,
            Delegation.revoked_at.is_(None),
            Delegation.starts_on <= ends_on,
            Delegation.ends_on >= starts_on,
        )
        return bool(self._uow.session.scalar(sa.select(found)))

    def find(self, organization_id: str, delegation_id: str) -> Delegation | None:
        """One of the organization's, locked, or None."""
        return self._uow.session.scalar(
            sa.select(Delegation)
            .where(Delegation.id == delegation_id, Delegation.organization_id == organization_id)
            .with_for_update()
            .execution_options(populate_existing=True)
        )

    def shown(self) -> AnySelect:
        """Delegations with names where organization knows them, and whether each is in force."""
        return sa.select(
            Delegation.id.label("delegation_id"),
            Delegation.organization_id,
            Organization.name.label("organization_name"),
            Delegation.delegator_id.label("delegator_account_id"),
            _name_of(Delegation.delegator_id).label("delegator_name"),
            Delegation.delegate_id.label("delegate_account_id"),
            _name_of(Delegation.delegate_id).label("delegate_name"),
            Delegation.starts_on,
            Delegation.ends_on,
            Delegation.created_at,
            Delegation.revoked_at,
            sa.and_(self._in_force(), Organization.status == OrganizationStatus.ACTIVE).label("in_force"),
        ).join(Organization, Organization.id == Delegation.organization_id)

    def reviewers_of(self, organization_ids: Collection[str]) -> Sequence[tuple[str, str]]:
        """(organization, account) of whoever reviews at one of these, in their own right or in another's place."""
        own = sa.select(Administrator.organization_id, Administrator.account_id).where(
            Administrator.organization_id.in_(organization_ids),
            Administrator.active,
            Administrator.role.in_(REVIEWING),
        )
        lent = sa.select(Delegation.organization_id, Delegation.delegate_id).where(
            Delegation.organization_id.in_(organization_ids), self._in_force()
        )
        both = sa.union(own, lent).subquery()
        rows = self._uow.session.execute(sa.select(both).order_by(both.c.organization_id, both.c.account_id))
        return [(organization_id, account_id) for organization_id, account_id in rows]

    def lock_unrevoked(self, account_id: str) -> Sequence[tuple[Delegation, str]]:
        """What an account lent or borrowed and nobody has revoked, locked, with the organizations' names."""
        rows = self._uow.session.execute(
            _with_name()
            .where(
                sa.or_(Delegation.delegator_id == account_id, Delegation.delegate_id == account_id),
                Delegation.revoked_at.is_(None),
            )
            .order_by(Delegation.id)
            .with_for_update(of=Delegation)
            .execution_options(populate_existing=True)
        )
        return [(delegation, name) for delegation, name in rows]

    def all(self) -> Iterator[tuple[Delegation, str]]:
        """Every delegation with its organization's name, in a stream."""
        statement = _with_name().order_by(Delegation.id).execution_options(yield_per=500)
        return ((delegation, name) for delegation, name in self._uow.session.execute(statement))

    def _received(self, column: Any) -> Any:
        caller = self._uow.caller
        account_id = caller.account_id if caller.kind in ("volunteer", "administrator") else None
        return sa.select(column).where(Delegation.delegate_id == account_id, self._in_force())

    def _in_force(self) -> sa.ColumnElement[bool]:
        today = local_day(self._uow.clock.now())
        return sa.and_(Delegation.revoked_at.is_(None), _STANDING_IN.holds_on(today))


def _with_name() -> AnySelect:
    return sa.select(Delegation, Organization.name).join(Organization, Organization.id == Delegation.organization_id)


def _name_of(account_id: Any) -> sa.ColumnElement[str | None]:
    principal = aliased(Organization)
    known = sa.select(Volunteer.name).where(Volunteer.account_id == account_id).limit(1)
    named = sa.select(principal.principal_name).where(principal.account_id == account_id).limit(1)
    return sa.func.coalesce(
        known.correlate(Delegation).scalar_subquery(), named.correlate(Delegation).scalar_subquery()
    )
