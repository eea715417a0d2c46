"""A new node of the tree, from its registration to a second attempt after a rejection."""

from __future__ import annotations

from services.chassis.errors import FieldError, Invalid
from services.chassis.escalation import next_escalation
from services.chassis.ids import new_id
from services.chassis.organizations import ltree_path
from services.organization import commands, metrics
from services.organization.domain import (
    MAX_LEVELS,
    Kind,
    OrganizationStatus,
    Role,
    change_organization,
    may_stand_under,
    region_faults,
)
from services.organization.errors import OrganizationIdTaken
from services.organization.events import OrganizationRegistered
from services.organization.models import Administrator, Organization
from services.organization.repository import OrganizationUnitOfWork
from services.organization.use_cases.telling import tell_administrator, tell_state


def register_organization(command: commands.RegisterOrganization, uow: OrganizationUnitOfWork) -> dict[str, str]:
    """A pending organization and its first owner; asked by identity, which owns accounts.

    Idempotent by ``organization_id``: identity asks again when it does not know whether the first call took effect.
    Raises ``Invalid`` for a parent, kind, region or name that breaks a rule, ``OrganizationIdTaken``.
    """
    uow.caller.require_service("identity")
    uow.tree.keep_shape()
    uow.tree.lock_siblings(command.parent_id)
    known = uow.tree.find(command.organization_id)
    if known is not None:
        owner = uow.administrators.find(known.id, command.account_id, Role.OWNER)
        if owner is None:
            raise OrganizationIdTaken()
        return {"organization_id": known.id, "status": known.status, "administrator_id": owner.id}
    parent = check_place(command, uow)
    now = uow.clock.now()
    own = ltree_path([command.organization_id])
    organization = Organization(
        id=command.organization_id,
        parent_id=command.parent_id,
        path=own if parent is None else f"{parent.path}.{own}",
        name=command.name,
        kind=command.kind,
        region=command.region,
        uscc=command.uscc,
        status=OrganizationStatus.PENDING,
        rejection_reason=None,
        disablement_reason=None,
        account_id=command.account_id,
        principal_name=command.principal_name,
        registered_at=now,
        submitted_at=now,
        decided_at=None,
        escalates_at=next_escalation(now, now, uow.settings.escalation_working_days),
        version=1,
    )
    owner = Administrator(
        id=new_id(),
        organization_id=organization.id,
        account_id=command.account_id,
        role=Role.OWNER,
        active=True,
        appointed_at=now,
        ended_at=None,
        version=1,
    )
    uow.session.add(organization)
    uow.session.flush()
    uow.session.add(owner)
    _tell_registered(uow, organization)
    tell_administrator(uow, owner)
    uow.audit("organization.register", f"organization:{organization.id}", kind=organization.kind)
    metrics.ORGANIZATIONS_REGISTERED.labels(organization.kind).inc()
    return {"organization_id": organization.id, "status": organization.status, "administrator_id": owner.id}


def check_place(command: commands.RegisterOrganization, uow: OrganizationUnitOfWork) -> Organization | None:
    """The parent below which it will stand; raises ``Invalid`` with every rule that is broken."""
    kind = Kind(command.kind)
    parent = uow.tree.find(command.parent_id) if command.parent_id is not None else None
    if command.parent_id is not None and (parent is None or parent.status != OrganizationStatus.ACTIVE):
        raise Invalid(FieldError("parent_id", "unknown_parent", "没有这个上级组织", "is no active organization"))
    faults = []
    if not may_stand_under(kind, None if parent is None else Kind(parent.kind)):
        field = "parent_id" if parent is None else "kind"
        faults.append(FieldError(field, "wrong_place", "该类组织不能设在此处", "this kind cannot stand there"))
    faults += region_faults(kind, command.region, None if parent is None else parent.region)
    if parent is None and not faults and uow.tree.root_exists():
        faults.append(FieldError("kind", "root_exists", "省级组织已存在", "there is a province already"))
    if uow.tree.name_is_taken(command.parent_id, command.name):
        faults.append(_name_taken())
    if parent is not None and parent.path.count(".") + 2 > MAX_LEVELS:
        faults.append(too_deep())
    if faults:
        raise Invalid(*faults)
    return parent


def amend_organization(command: commands.AmendOrganization, uow: OrganizationUnitOfWork) -> Organization:
    """Change what is named; for owners, also while the organization is pending or rejected.

    Raises ``NotFound``, ``Forbidden``, ``Invalid`` for a name or region that breaks a rule.
    """
    uow.tree.keep_shape()
    uow.tree.require_own(command.organization_id)
    organization = uow.tree.lock(command.organization_id)
    uow.tree.lock_siblings(organization.parent_id)
    changes = {
        name: value
        for name in ("name", "region", "uscc", "principal_name")
        if (value := getattr(command, name)) is not None and value != getattr(organization, name)
    }
    if not changes:
        return organization
    parent = uow.tree.get(organization.parent_id) if organization.parent_id is not None else None
    faults = []
    if "region" in changes:
        faults += region_faults(Kind(organization.kind), changes["region"], None if parent is None else parent.region)
    if "name" in changes and uow.tree.name_is_taken(
        organization.parent_id, changes["name"], other_than=organization.id
    ):
        faults.append(_name_taken())
    if faults:
        raise Invalid(*faults)
    for name, value in changes.items():
        setattr(organization, name, value)
    organization.version += 1
    tell_state(uow, organization)
    uow.audit("organization.amend", f"organization:{organization.id}", fields=sorted(changes))
    return organization


def resubmit_organization(command: commands.OrganizationById, uow: OrganizationUnitOfWork) -> Organization:
    """From rejected to pending again; the decisions so far stay in the history.

    Raises ``NotFound``, ``Forbidden``, ``IllegalTransition``; ``Invalid`` if the place was taken meanwhile.
    """
    uow.tree.keep_shape()
    uow.tree.require_own(command.organization_id)
    organization = uow.tree.lock(command.organization_id)
    status = change_organization(organization.status, OrganizationStatus.PENDING)
    uow.tree.lock_siblings(organization.parent_id)
    if uow.tree.name_is_taken(organization.parent_id, organization.name, other_than=organization.id):
        raise Invalid(_name_taken())
    if organization.parent_id is None and uow.tree.root_exists(other_than=organization.id):
        raise Invalid(FieldError("kind", "root_exists", "省级组织已存在", "there is a province already"))
    organization.status = status
    organization.rejection_reason = None
    organization.submitted_at = now = uow.clock.now()
    organization.escalates_at = next_escalation(now, now, uow.settings.escalation_working_days)
    organization.version += 1
    _tell_registered(uow, organization)
    uow.audit("organization.resubmit", f"organization:{organization.id}")
    return organization


def _tell_registered(uow: OrganizationUnitOfWork, organization: Organization) -> None:
    uow.publish(
        OrganizationRegistered(
            organization_id=organization.id,
            name=organization.name,
            kind=organization.kind,
            parent_id=organization.parent_id,
            region=organization.region,
            account_id=organization.account_id,
            registered_at=organization.submitted_at,
        ),
        version=organization.version,
    )
    tell_state(uow, organization)
    metrics.REVIEWS_OPENED.labels("organizations").inc()


def too_deep() -> FieldError:
    """The tree would get more levels than it may have."""
    return FieldError("parent_id", "too_deep", f"组织层级不能超过 {MAX_LEVELS} 级", f"has {MAX_LEVELS} levels above it")


def _name_taken() -> FieldError:
    return FieldError("name", "taken", "同一上级下已有同名组织", "a sibling has this name already")
