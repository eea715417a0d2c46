"""Who may do what at an organization: appointed and dismissed by its owners."""

from __future__ import annotations

from typing import Any

from services.chassis.errors import FieldError, Forbidden, Invalid
from services.chassis.ids import new_id
from services.organization import commands
from services.organization.commands import members
from services.organization.domain import REVIEWING, Role
from services.organization.errors import LastOwner
from services.organization.models import Administrator, Organization
from services.organization.repository import OrganizationUnitOfWork
from services.organization.use_cases.telling import tell_administrator


def list_administrators(query: commands.ListAdministrators, uow: OrganizationUnitOfWork) -> Any:
    """Those who hold a role at the organization itself. Raises ``NotFound``, ``Forbidden``."""
    organization = uow.tree.require(query.organization_id, *REVIEWING)
    return uow.page(
        uow.administrators.of_organization(organization.id),
        [Administrator.appointed_at, Administrator.id],
        limit=query.limit,
        cursor=query.cursor,
        scope=f"administrators:{organization.id}",
    )


def appoint_administrator(command: commands.AppointAdministrator, uow: OrganizationUnitOfWork) -> dict[str, Any]:
    """Give a role; a role that is held already stays as it is.

    Raises ``NotFound``, ``Forbidden``; ``Invalid`` for a person whom the platform does not know.
    """
    organization = uow.tree.require(command.organization_id, Role.OWNER)
    account_id = account_of(command.volunteer_no, command.account_id, uow)
    uow.tree.lock(organization.id)
    administrator = give_role(organization, account_id, command.role, uow)
    name = None if command.volunteer_no is None else uow.copies.name_of_account(account_id)
    return shown_role(administrator, name)


def give_role(organization: Organization, account_id: str, role: str, uow: OrganizationUnitOfWork) -> Administrator:
    """The role as it is held from now on; lock the organization first."""
    administrator = uow.administrators.find(organization.id, account_id, role)
    if administrator is None:
        administrator = Administrator(
            id=new_id(), organization_id=organization.id, account_id=account_id, role=role, version=0
        )
        uow.session.add(administrator)
    if not administrator.active:
        administrator.active = True
        administrator.appointed_at = uow.clock.now()
        administrator.ended_at = None
        administrator.version += 1
        tell_administrator(uow, administrator)
        uow.audit(
            "administrator.appoint",
            f"organization:{organization.id}",
            administrator_id=administrator.id,
            account_id=account_id,
            role=role,
        )
    return administrator


def shown_role(administrator: Administrator, name: str | None) -> dict[str, Any]:
    """A role as the lists show it."""
    return {
        "administrator_id": administrator.id,
        "organization_id": administrator.organization_id,
        "account_id": administrator.account_id,
        "name": name,
        "role": administrator.role,
        "appointed_at": administrator.appointed_at,
    }


def transfer_ownership(command: members.TransferOwnership, uow: OrganizationUnitOfWork) -> dict[str, Any]:
    """The caller's ownership of the organization itself goes to another account, in one transaction.

    Raises ``NotFound``; ``Forbidden`` for anybody but an owner of this very organization; ``Invalid``.
    """
    organization = uow.tree.require_visible(command.organization_id)
    uow.tree.lock(organization.id)
    account_id = str(uow.caller.account_id)
    mine = uow.administrators.find(organization.id, account_id, Role.OWNER)
    if mine is None or not mine.active:
        raise Forbidden()
    if command.account_id == account_id:
        raise Invalid(FieldError("account_id", "yourself", "不能转让给自己", "is your own account"))
    successor = account_of(None, command.account_id, uow)
    administrator = give_role(organization, successor, Role.OWNER, uow)
    _end(mine, uow)
    uow.audit("administrator.transfer_ownership", f"organization:{organization.id}", account_id=command.account_id)
    return shown_role(administrator, None)


def account_of(volunteer_no: str | None, account_id: str | None, uow: OrganizationUnitOfWork) -> str:
    """The account of whoever is named by one of the two; raises ``Invalid`` for somebody whom nobody knows."""
    if volunteer_no is not None:
        volunteer = uow.copies.volunteer_by_number(volunteer_no)
        if volunteer is None:
            raise Invalid(
                FieldError("volunteer_no", "unknown_volunteer", "没有这个志愿者编号", "is no active volunteer's number")
            )
        return volunteer.account_id
    if account_id is None or not uow.administrators.knows_account(account_id):
        raise Invalid(FieldError("account_id", "unknown_account", "没有这个账号", "is no known account"))
    return account_id


def dismiss_administrator(command: commands.DismissAdministrator, uow: OrganizationUnitOfWork) -> None:
    """End a role at once. Raises ``NotFound``, ``Forbidden``, ``LastOwner``."""
    organization = uow.tree.require(command.organization_id, Role.OWNER)
    uow.tree.lock(organization.id)  # of two owners who dismiss each other, the second must find only one left
    administrator = uow.administrators.active_by_id(organization.id, command.administrator_id)
    if administrator.role == Role.OWNER and uow.administrators.owners(organization.id) == 1:
        raise LastOwner()
    _end(administrator, uow)
    uow.audit(
        "administrator.dismiss",
        f"organization:{organization.id}",
        administrator_id=administrator.id,
        account_id=administrator.account_id,
        role=administrator.role,
    )


def _end(administrator: Administrator, uow: OrganizationUnitOfWork) -> None:
    administrator.active = False
    administrator.ended_at = uow.clock.now()
    administrator.version += 1
    tell_administrator(uow, administrator)
