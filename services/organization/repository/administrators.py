"""Who holds which role."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from services.chassis.errors import NotFound
from services.chassis.pagination import AnySelect
from services.organization.domain import Role
from services.organization.models import Administrator, Organization, Volunteer

if TYPE_CHECKING:
    from services.organization.repository import OrganizationUnitOfWork


class AdministratorRepository:
    """Who holds which role."""

    def __init__(self, uow: OrganizationUnitOfWork) -> None:
        self._uow = uow

    def held(self, *fitting_roles: str) -> Any:
        """The organizations at which the caller holds one of ``fitting_roles`` now."""
        caller = self._uow.caller
        # a service's or a bank's account is a name, and holds no roles
        account_id = caller.account_id if caller.kind in ("volunteer", "administrator") else None
        return sa.select(Administrator.organization_id).where(
            Administrator.account_id == account_id,
            Administrator.active,
            Administrator.role.in_(fitting_roles),
        )

    def holds(self, organization_id: str, *fitting_roles: str) -> bool:
        """Whether the caller holds one at this very organization, active or not."""
        mine = self.held(*fitting_roles).where(Administrator.organization_id == organization_id)
        return self._uow.session.scalar(mine.limit(1)) is not None

    def find(self, organization_id: str, account_id: str, role: str) -> Administrator | None:
        """The row of this role, whether it is held now or was once."""
        return self._uow.session.scalar(
            sa.select(Administrator).where(
                Administrator.organization_id == organization_id,
                Administrator.account_id == account_id,
                Administrator.role == role,
            )
        )

    def held_by(self, account_id: str) -> Sequence[Administrator]:
        """The roles that an account holds now."""
        statement = sa.select(Administrator).where(Administrator.account_id == account_id, Administrator.active)
        return self._uow.session.scalars(statement.order_by(Administrator.organization_id, Administrator.id)).all()

    def active_by_id(self, organization_id: str, administrator_id: str) -> Administrator:
        """A role that is held now; raises ``NotFound``."""
        found = self._uow.session.get(Administrator, administrator_id, populate_existing=True)
        if found is None or not found.active or found.organization_id != organization_id:
            raise NotFound(what="administrator")
        return found

    def owners(self, organization_id: str) -> int:
        """How many owners there are; lock the organization first."""
        statement = (
            sa.select(sa.func.count())
            .select_from(Administrator)
            .where(
                Administrator.organization_id == organization_id,
                Administrator.role == Role.OWNER,
                Administrator.active,
            )
        )
        return self._uow.session.scalar(statement) or 0

    def accounts_of(self, organization_id: str, *fitting_roles: str) -> Sequence[str]:
        """Whoever holds one of ``fitting_roles`` at this very organization, once each."""
        accounts = (
            sa.select(Administrator.account_id)
            .distinct()
            .where(
                Administrator.organization_id == organization_id,
                Administrator.role.in_(fitting_roles),
                Administrator.active,
            )
        )
        return self._uow.session.scalars(accounts.order_by(Administrator.account_id)).all()

    def owners_of(self, organization_id: str) -> Sequence[str]:
        """The owners' accounts."""
        owners = sa.select(Administrator.account_id).where(
            Administrator.organization_id == organization_id, Administrator.role == Role.OWNER, Administrator.active
        )
        return self._uow.session.scalars(owners).all()

    def of_organization(self, organization_id: str) -> AnySelect:
        """Those at the organization itself, with a name where organization knows one."""
        known = sa.select(Volunteer.name).where(Volunteer.account_id == Administrator.account_id).limit(1)
        principal = sa.select(Organization.principal_name).where(
            Organization.id == Administrator.organization_id, Organization.account_id == Administrator.account_id
        )
        name = sa.func.coalesce(known.scalar_subquery(), principal.scalar_subquery()).label("name")
        return sa.select(
            Administrator.id.label("administrator_id"),
            Administrator.organization_id,
            Administrator.account_id,
            Administrator.role,
            Administrator.appointed_at,
            name,
        ).where(Administrator.organization_id == organization_id, Administrator.active)

    def knows_account(self, account_id: str) -> bool:
        """Whether the account is a volunteer's or an administrator's that organization has heard of."""
        volunteer = sa.exists().where(Volunteer.account_id == account_id, Volunteer.status == "active")
        administrator = sa.exists().where(Administrator.account_id == account_id)
        return bool(self._uow.session.scalar(sa.select(sa.or_(volunteer, administrator))))

    def all(self) -> Iterator[Administrator]:
        """Every role, held or ended, in a stream."""
        statement = sa.select(Administrator).order_by(Administrator.id).execution_options(yield_per=500)
        return iter(self._uow.session.scalars(statement))
