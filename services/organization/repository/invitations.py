"""Invitations to become an administrator, as they stand now."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from services.chassis.errors import NotFound
from services.chassis.organizations import is_below
from services.chassis.pagination import AnySelect
from services.organization.domain import OrganizationStatus, Role
from services.organization.domain.invitations import InvitationStatus
from services.organization.models import Administrator, AdministratorInvitation, Organization, Volunteer

if TYPE_CHECKING:
    from services.organization.repository import OrganizationUnitOfWork


class InvitationRepository:
    """Who was asked to administer what."""

    def __init__(self, uow: OrganizationUnitOfWork) -> None:
        self._uow = uow

    def of_organization(self, organization_id: str, status: str | None) -> AnySelect:
        """Those of one organization, with the invited's name where organization knows one."""
        return self._shown(AdministratorInvitation.organization_id == organization_id, status)

    def of_account(self, account_id: str, status: str | None) -> AnySelect:
        """Those of one account."""
        return self._shown(AdministratorInvitation.account_id == account_id, status)

    def shown(self, invitation_id: str) -> Any:
        """One as the lists show it."""
        return self._uow.session.execute(self._shown(AdministratorInvitation.id == invitation_id, None)).one()

    def organization_of(self, invitation_id: str, account_id: str) -> str:
        """Where the account was asked to; raises ``NotFound`` for an invitation that is not the account's."""
        found = self._uow.session.scalar(
            sa.select(AdministratorInvitation.organization_id).where(
                AdministratorInvitation.id == invitation_id, AdministratorInvitation.account_id == account_id
            )
        )
        if found is None:
            raise NotFound(what="invitation")
        return found

    def lock(self, organization_id: str, invitation_id: str) -> AdministratorInvitation:
        """One of the organization's, as it is now, locked; lock the organization first. Raises ``NotFound``."""
        found = self._uow.session.get(
            AdministratorInvitation, invitation_id, with_for_update=True, populate_existing=True
        )
        if found is None or found.organization_id != organization_id:
            raise NotFound(what="invitation")
        return found

    def unanswered(self, account_id: str, organization_id: str | None = None) -> Sequence[AdministratorInvitation]:
        """The account's that nobody has ended, those that have lapsed meanwhile among them, locked."""
        statement = sa.select(AdministratorInvitation).where(
            AdministratorInvitation.account_id == account_id, AdministratorInvitation.status == InvitationStatus.OPEN
        )
        if organization_id is not None:
            statement = statement.where(AdministratorInvitation.organization_id == organization_id)
        return self._uow.session.scalars(
            statement.order_by(AdministratorInvitation.id).with_for_update().execution_options(populate_existing=True)
        ).all()

    def organizations_asking(self, account_id: str) -> Sequence[str]:
        """Where an invitation of the account's is unanswered, in the order of ids."""
        statement = sa.select(AdministratorInvitation.organization_id).where(
            AdministratorInvitation.account_id == account_id, AdministratorInvitation.status == InvitationStatus.OPEN
        )
        return self._uow.session.scalars(statement.order_by(AdministratorInvitation.organization_id)).all()

    def inviter_may(self, invitation: AdministratorInvitation, organization: Organization) -> bool:
        """Whether whoever sent it is (still) an owner of the organization or above it."""
        if invitation.by_platform:
            return True
        owned = sa.exists().where(
            Administrator.account_id == invitation.invited_by,
            Administrator.active,
            Administrator.role == Role.OWNER,
            Organization.id == Administrator.organization_id,
            Organization.status == OrganizationStatus.ACTIVE,
            is_below(sa.literal(organization.path, Organization.path.type), Organization.path),
        )
        return bool(self._uow.session.scalar(sa.select(owned)))

    def _shown(self, whose: sa.ColumnElement[bool], status: str | None) -> AnySelect:
        has_lapsed = sa.and_(
            AdministratorInvitation.status == InvitationStatus.OPEN,
            AdministratorInvitation.expires_at <= self._uow.clock.now(),
        )
        standing = sa.case((has_lapsed, InvitationStatus.LAPSED.value), else_=AdministratorInvitation.status)
        name = sa.select(Volunteer.name).where(Volunteer.account_id == AdministratorInvitation.account_id).limit(1)
        statement = (
            sa.select(
                AdministratorInvitation.id.label("invitation_id"),
                AdministratorInvitation.organization_id,
                Organization.name.label("organization_name"),
                AdministratorInvitation.account_id,
                name.scalar_subquery().label("name"),
                AdministratorInvitation.role,
                standing.label("status"),
                AdministratorInvitation.invited_at,
                AdministratorInvitation.expires_at,
                AdministratorInvitation.ended_at,
            )
            .join(Organization, Organization.id == AdministratorInvitation.organization_id)
            .where(whose)
        )
        return statement if status is None else statement.where(standing == status)
