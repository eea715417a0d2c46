"""Changes of the tree's shape: a subtree moves; an organization goes out of service and comes back.

Disabling concerns that one node: it takes no members and no new children, and its administrators have no power there or
below. What stands below stays as it is and in the hands of its own administrators and of those further above.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from services.chassis.errors import FieldError, Forbidden, IllegalTransition, Invalid
from services.chassis.organizations import ltree_path
from services.chassis.regions import city_of
from services.organization import divisions
from services.organization.commands import OrganizationById, shaping
from services.organization.domain import (
    MAX_LEVELS,
    Kind,
    OrganizationStatus,
    Role,
    change_organization,
    may_stand_under,
    region_faults,
)
from services.organization.errors import MoveUnderItself
from services.organization.models import Organization
from services.organization.repository import OrganizationUnitOfWork
from services.organization.use_cases.registration import too_deep
from services.organization.use_cases.telling import tell_state, tell_states


def move_organization(command: shaping.MoveOrganization, uow: OrganizationUnitOfWork) -> Organization:
    """Put a subtree under another parent; for an owner above the organization who also reaches the new parent.

    Every node of the subtree gets a new version and is told. Where it stands already, nothing happens.
    Raises ``NotFound``, ``Forbidden``, ``MoveUnderItself``; ``Invalid`` for a parent under which it cannot stand.
    """
    uow.tree.lock_shape()
    organization = _require_from_above(command.organization_id, uow)
    parent = uow.tree.find(command.parent_id)
    if parent is None or not uow.tree.is_visible(parent) or parent.status != OrganizationStatus.ACTIVE:
        raise Invalid(FieldError("parent_id", "unknown_parent", "没有这个上级组织", "is no active organization"))
    if not uow.organizations.reaches(parent.id, Role.OWNER):
        raise Forbidden()
    if parent.path == organization.path or parent.path.startswith(f"{organization.path}."):
        raise MoveUnderItself()
    if organization.parent_id == parent.id:
        return organization
    uow.tree.lock_siblings(parent.id)
    nodes = uow.tree.lock_subtree(organization)
    _check_new_place(organization, parent, nodes, uow)
    above = len(organization.path) - len(ltree_path([organization.id]))
    organization.parent_id = parent.id
    for node in nodes:
        node.path = f"{parent.path}.{node.path[above:]}"
        node.version += 1
    uow.session.flush()
    uow.escalations.plan_anew([node.id for node in nodes])
    tell_states(uow, sorted(nodes, key=lambda node: node.path))
    uow.audit("organization.move", f"organization:{organization.id}", parent_id=parent.id, nodes=len(nodes))
    return organization


def _check_new_place(
    organization: Organization, parent: Organization, nodes: Sequence[Organization], uow: OrganizationUnitOfWork
) -> None:
    faults = []
    if not may_stand_under(Kind(organization.kind), Kind(parent.kind)):
        faults.append(FieldError("parent_id", "wrong_place", "该类组织不能设在此处", "this kind cannot stand there"))
    for fault in region_faults(Kind(organization.kind), organization.region, parent.region):
        faults.append(FieldError("parent_id", fault.code, fault.zh, fault.en))
    if organization.status != OrganizationStatus.REJECTED and uow.tree.name_is_taken(parent.id, organization.name):
        faults.append(FieldError("parent_id", "name_taken", "该上级下已有同名组织", "has a child of this name already"))
    height = max(node.path.count(".") for node in nodes) - organization.path.count(".") + 1
    if parent.path.count(".") + 1 + height > MAX_LEVELS:
        faults.append(too_deep())
    if faults:
        raise Invalid(*faults)


def disable_organization(command: shaping.DisableOrganization, uow: OrganizationUnitOfWork) -> Organization:
    """Take an active organization out of service; for an owner above it, or the platform.

    Raises ``NotFound``, ``Forbidden``, ``IllegalTransition``.
    """
    organization = _require_from_above(command.organization_id, uow)
    organization = uow.tree.lock(organization.id)
    organization.status = change_organization(organization.status, OrganizationStatus.DISABLED)
    organization.disablement_reason = command.reason
    organization.version += 1
    tell_state(uow, organization)
    uow.audit("organization.disable", f"organization:{organization.id}")
    return organization


def enable_organization(command: OrganizationById, uow: OrganizationUnitOfWork) -> Organization:
    """Bring a disabled organization back. Raises ``NotFound``, ``Forbidden``, ``IllegalTransition``."""
    organization = _require_from_above(command.organization_id, uow)
    organization = uow.tree.lock(organization.id)
    if organization.status != OrganizationStatus.ACTIVE:  # done already: a repeated request
        _require_disabled(organization)
        organization.status = change_organization(organization.status, OrganizationStatus.ACTIVE)
        organization.disablement_reason = None
        organization.version += 1
        tell_state(uow, organization)
        uow.audit("organization.enable", f"organization:{organization.id}")
    return organization


def _require_disabled(organization: Organization) -> None:
    """What waits for a review, or was rejected, becomes active by a decision and by nothing else."""
    if organization.status != OrganizationStatus.DISABLED:
        raise IllegalTransition(current=organization.status, attempted=OrganizationStatus.ACTIVE.value)


def _require_from_above(organization_id: str, uow: OrganizationUnitOfWork) -> Organization:
    organization = uow.tree.require_visible(organization_id)
    if not uow.organizations.reaches_from_above(organization.id, Role.OWNER):
        raise Forbidden()
    return organization


def list_divisions(query: shaping.ListDivisions, _uow: OrganizationUnitOfWork) -> dict[str, Any]:
    """The divisions in the order of their codes."""
    return {
        "items": [
            {"code": code, "name": name, "city": city_of(code)}
            for code, name in sorted(divisions.names().items())
            if query.city is None or city_of(code) == query.city
        ]
    }
