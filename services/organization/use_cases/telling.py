"""How an organization's rows become the events that others build their copies from."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from services.organization.events import (
    AdministratorChanged,
    DelegationChanged,
    MembershipApproved,
    OrganizationChanged,
)
from services.organization.models import Administrator, Delegation, Membership, Organization
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
        appointed_at=administrator.appointed_at,
    )


def delegation_state(delegation: Delegation, organization_name: str) -> tuple[DelegationChanged, int]:
    """The present state of a delegation, and its version: it is given, and revoked once at most."""
    state = DelegationChanged(
        delegation_id=delegation.id,
        organization_id=delegation.organization_id,
        organization_name=organization_name,
        delegator_id=delegation.delegator_id,
        account_id=delegation.delegate_id,
        starts_on=delegation.starts_on,
        ends_on=delegation.ends_on,
        created_at=delegation.created_at,
        revoked=delegation.revoked_at is not None,
    )
    return state, 2 if state.revoked else 1


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


def tell_delegation(uow: OrganizationUnitOfWork, delegation: Delegation, organization_name: str) -> None:
    """Publish a delegation's state with its version."""
    state, version = delegation_state(delegation, organization_name)
    uow.publish(state, version=version)


def tell_states(uow: OrganizationUnitOfWork, organizations: Iterable[Organization]) -> None:
    """Publish many organizations' states, each with its version."""
    uow.publish_many([(organization_state(organization), organization.version) for organization in organizations])
