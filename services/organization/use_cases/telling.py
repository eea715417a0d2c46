"""How an organization's rows become the events that others build their copies from."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from services.organization.events import (
    AdministratorChanged,
    MembershipApproved,
    OrganizationChanged,
)
from services.organization.models import Administrator, Membership, Organization
from services.organization.repository import OrganizationUnitOfWork


def organization_state(organization: Organization) -> OrganizationChanged:
    """The present state of an organization."""
    return OrganizationChanged(
        organization_id=organization.id,
        name=organization.name,
        kind=organization.kind,
        region=organization.region,
        status=organization.status,
        path=[str(UUID(label)) for label in organization.path.split(".")],
    )


def administrator_state(administrator: Administrator) -> AdministratorChanged:
    """The present state of a role."""
    return AdministratorChanged(
        administrator_id=administrator.id,
        organization_id=administrator.organization_id,
        account_id=administrator.account_id,
        role=administrator.role,
        active=administrator.active,
    )


def membership_state(membership: Membership, organization_name: str) -> MembershipApproved:
    """An approved membership."""
    return MembershipApproved(
        membership_id=membership.id,
        volunteer_id=membership.volunteer_id,
        organization_id=membership.organization_id,
        organization_name=organization_name,
    )


def tell_state(uow: OrganizationUnitOfWork, organization: Organization) -> None:
    """Publish an organization's state with its version."""
    uow.publish(organization_state(organization), version=organization.version)


def tell_administrator(uow: OrganizationUnitOfWork, administrator: Administrator) -> None:
    """Publish a role's state with its version."""
    uow.publish(administrator_state(administrator), version=administrator.version)


def tell_states(uow: OrganizationUnitOfWork, organizations: Iterable[Organization]) -> None:
    """Publish many organizations' states, each with its version."""
    uow.publish_many([(organization_state(organization), organization.version) for organization in organizations])
