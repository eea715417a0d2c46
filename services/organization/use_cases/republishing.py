"""Organization's state, told again, so that copies elsewhere can be rebuilt."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TypeAlias

from services.chassis.events import Event
from services.organization.repository import OrganizationUnitOfWork
from services.organization.use_cases.telling import (
    administrator_state,
    delegation_state,
    membership_state,
    organization_state,
)

States: TypeAlias = Iterator[tuple[Event, int]]


def _organizations(uow: OrganizationUnitOfWork) -> States:
    for organization in uow.tree.all():
        yield organization_state(organization), organization.version


def _administrators(uow: OrganizationUnitOfWork) -> States:
    for administrator in uow.administrators.all():
        yield administrator_state(administrator), administrator.version


def _delegations(uow: OrganizationUnitOfWork) -> States:
    for delegation, organization_name in uow.delegations.all():
        yield delegation_state(delegation, organization_name)


def _memberships(uow: OrganizationUnitOfWork) -> States:
    for membership, organization_name in uow.memberships.all_approved():
        yield membership_state(membership, organization_name), membership.version


STATE_EVENTS: dict[str, Callable[[OrganizationUnitOfWork], States]] = {
    "organization": _organizations,
    "administrator": _administrators,
    "delegation": _delegations,
    "membership": _memberships,
}
