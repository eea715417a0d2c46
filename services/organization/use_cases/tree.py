"""Looking at the tree."""

from __future__ import annotations

from typing import Any

from services.chassis.pagination import PageResult
from services.organization import commands
from services.organization.domain import ANY_ROLE, OrganizationStatus, region_prefix
from services.organization.errors import OrganizationTakesNoMembers
from services.organization.models import Organization
from services.organization.repository import OrganizationUnitOfWork


def takes_members(query: commands.OrganizationById, uow: OrganizationUnitOfWork) -> Organization:
    """The organization, if one may join it now; asked by identity before a registration.

    Raises ``NotFound``, ``OrganizationTakesNoMembers``.
    """
    uow.caller.require_service("identity")
    organization = uow.tree.get(query.organization_id)
    if organization.status != OrganizationStatus.ACTIVE:
        raise OrganizationTakesNoMembers()
    return organization


def get_organization(query: commands.OrganizationById, uow: OrganizationUnitOfWork) -> dict[str, Any]:
    """One organization. What is not active, and why it was rejected, is seen by those whom it concerns alone.

    Raises ``NotFound``.
    """
    organization = uow.tree.require_visible(query.organization_id)
    concerned = ("rejection_reason", "disablement_reason")
    return _shown(organization) | {name: getattr(organization, name) for name in concerned}


def list_organizations(query: commands.ListOrganizations, uow: OrganizationUnitOfWork) -> PageResult[Any]:
    """The active organizations by name; ``region`` takes in the divisions within it."""
    prefix = None if query.region is None else region_prefix(query.region)
    statement = uow.tree.active(query.query, query.parent_id, prefix)
    if query.organization_id is not None:
        statement = statement.where(uow.organizations.subtree(Organization.id, query.organization_id))
    page = uow.page(
        statement,
        [Organization.name, Organization.id],
        limit=query.limit,
        cursor=query.cursor,
        scope=f"organizations:{query.query}:{query.parent_id}:{query.region}:{query.organization_id}",
    )
    return PageResult([_shown(organization) for organization in page.items], page.next_cursor)


def list_tree(query: commands.ListTree, uow: OrganizationUnitOfWork) -> PageResult[Any]:
    """The subtree, depth first, whatever the nodes' status; for any role at its top or above.

    Raises ``NotFound``, ``Forbidden``.
    """
    top = uow.tree.require(query.organization_id, *ANY_ROLE)
    page = uow.page(
        uow.tree.subtree(top, query.depth),
        [Organization.path],  # a path comes right before those that continue it
        limit=query.limit,
        cursor=query.cursor,
        scope=f"tree:{top.id}:{query.depth}",
    )
    return PageResult([_shown(node) | {"level": level} for node, level in page.items], page.next_cursor)


def _shown(organization: Organization) -> dict[str, Any]:
    shown = ("id", "name", "kind", "parent_id", "region", "region_name", "uscc", "status", "registered_at", "warnings")
    return {name: getattr(organization, name) for name in shown}
