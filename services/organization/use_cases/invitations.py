"""Invitations to become an administrator: sent and taken back by owners, answered by the invited (docs/adr/0022).

Whoever sends, answers or takes back locks the organization first, as appointments and dismissals do: of two who act at
once, the second meets what the first has done. One that was answered too late has lapsed by the clock; no timer writes
it down.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from services.chassis.ids import new_id
from services.organization.commands import invitations as commands
from services.organization.domain import OrganizationStatus, Role
from services.organization.domain.invitations import InvitationStatus, end_invitation, standing
from services.organization.errors import InvitationOpen, InviterMayNot, OrganizationNotActive, RoleHeld
from services.organization.events import AdministratorInvitationAnswered, AdministratorInvited
from services.organization.models import AdministratorInvitation, Organization
from services.organization.repository import OrganizationUnitOfWork
from services.organization.use_cases.administration import account_of, give_role, shown_role


def invite_administrator(command: commands.InviteAdministrator, uow: OrganizationUnitOfWork) -> Any:
    """Ask somebody to take a role; they are told, and have some days to answer.

    Raises ``NotFound``, ``Forbidden``, ``OrganizationNotActive``, ``RoleHeld``, ``InvitationOpen``; ``Invalid`` for a
    person whom the platform does not know.
    """
    uow.tree.require(command.organization_id, Role.OWNER)
    account_id = account_of(command.volunteer_no, command.account_id, uow)
    organization = uow.tree.lock(command.organization_id)
    if organization.status != OrganizationStatus.ACTIVE:
        raise OrganizationNotActive()
    held = uow.administrators.find(organization.id, account_id, command.role)
    if held is not None and held.active:
        raise RoleHeld()
    _make_room(organization, account_id, uow)
    now = uow.clock.now()
    invitation = AdministratorInvitation(
        id=new_id(),
        organization_id=organization.id,
        account_id=account_id,
        role=command.role,
        status=InvitationStatus.OPEN,
        invited_by=uow.caller.require_account(),
        by_platform=uow.caller.kind == "platform",
        invited_at=now,
        expires_at=now + timedelta(days=uow.settings.invitation_days),
        ended_at=None,
        version=1,
    )
    uow.session.add(invitation)
    uow.session.flush()
    invited = AdministratorInvited(
        invitation_id=invitation.id,
        organization_id=organization.id,
        organization_name=organization.name,
        account_id=account_id,
        role=invitation.role,
        expires_at=invitation.expires_at,
    )
    uow.publish(invited, version=invitation.version)
    _audit("invite", invitation, uow)
    return uow.invitations.shown(invitation.id)


def list_invitations(query: commands.ListInvitations, uow: OrganizationUnitOfWork) -> Any:
    """An organization's invitations, for its owners. Raises ``NotFound``, ``Forbidden``."""
    organization = uow.tree.require(query.organization_id, Role.OWNER)
    statement = uow.invitations.of_organization(organization.id, query.status)
    return _page(statement, query, f"invitations:{organization.id}:{query.status}", uow)


def list_my_invitations(query: commands.ListMyInvitations, uow: OrganizationUnitOfWork) -> Any:
    """What the caller was asked to become."""
    account_id = uow.caller.require_account()
    statement = uow.invitations.of_account(account_id, query.status)
    return _page(statement, query, f"invitations:{account_id}:{query.status}", uow)


def revoke_invitation(command: commands.RevokeInvitation, uow: OrganizationUnitOfWork) -> None:
    """Take one back. Raises ``NotFound``, ``Forbidden``, ``IllegalTransition``."""
    uow.tree.require(command.organization_id, Role.OWNER)
    uow.tree.lock(command.organization_id)
    invitation = uow.invitations.lock(command.organization_id, command.invitation_id)
    _end(invitation, InvitationStatus.REVOKED, uow)
    _audit("revoke_invitation", invitation, uow)


def accept_invitation(command: commands.AnswerInvitation, uow: OrganizationUnitOfWork) -> dict[str, Any]:
    """Take the role, at once.

    Raises ``NotFound`` for anybody but the invited, ``IllegalTransition``, ``OrganizationNotActive``,
    ``InviterMayNot``.
    """
    organization, invitation = _lock_own(command.invitation_id, uow)
    _end(invitation, InvitationStatus.ACCEPTED, uow)
    if organization.status != OrganizationStatus.ACTIVE:
        raise OrganizationNotActive()
    if not uow.invitations.inviter_may(invitation, organization):
        raise InviterMayNot()
    administrator = give_role(organization, invitation.account_id, invitation.role, uow)
    _tell_answer(organization, invitation, uow)
    _audit("accept_invitation", invitation, uow)
    return shown_role(administrator, uow.copies.name_of_account(invitation.account_id))


def decline_invitation(command: commands.AnswerInvitation, uow: OrganizationUnitOfWork) -> Any:
    """Say no. Raises ``NotFound`` for anybody but the invited, ``IllegalTransition``."""
    organization, invitation = _lock_own(command.invitation_id, uow)
    _end(invitation, InvitationStatus.DECLINED, uow)
    _tell_answer(organization, invitation, uow)
    _audit("decline_invitation", invitation, uow)
    uow.session.flush()
    return uow.invitations.shown(invitation.id)


def forget_invitations(account_id: str, uow: OrganizationUnitOfWork) -> None:
    """An erased person answers no more: what is open lapses now."""
    for organization_id in uow.invitations.organizations_asking(account_id):
        uow.tree.lock(organization_id)
    for invitation in uow.invitations.unanswered(account_id):
        _put_down(invitation, uow)


def _make_room(organization: Organization, account_id: str, uow: OrganizationUnitOfWork) -> None:
    """One open invitation for an account at an organization: what has lapsed is put down, what has not stays."""
    for former in uow.invitations.unanswered(account_id, organization.id):
        if standing(former.status, former.expires_at, uow.clock.now()) is InvitationStatus.OPEN:
            raise InvitationOpen()
        _put_down(former, uow)
    uow.session.flush()


def _put_down(invitation: AdministratorInvitation, uow: OrganizationUnitOfWork) -> None:
    invitation.status = InvitationStatus.LAPSED
    invitation.ended_at = min(invitation.expires_at, uow.clock.now())
    invitation.version += 1


def _lock_own(invitation_id: str, uow: OrganizationUnitOfWork) -> tuple[Organization, AdministratorInvitation]:
    organization_id = uow.invitations.organization_of(invitation_id, uow.caller.require_account())
    organization = uow.tree.lock(organization_id)
    return organization, uow.invitations.lock(organization_id, invitation_id)


def _end(invitation: AdministratorInvitation, attempted: InvitationStatus, uow: OrganizationUnitOfWork) -> None:
    now = uow.clock.now()
    invitation.status = end_invitation(standing(invitation.status, invitation.expires_at, now), attempted)
    invitation.ended_at = now
    invitation.version += 1


def _tell_answer(organization: Organization, invitation: AdministratorInvitation, uow: OrganizationUnitOfWork) -> None:
    answered = AdministratorInvitationAnswered(
        invitation_id=invitation.id,
        organization_id=organization.id,
        organization_name=organization.name,
        account_id=invitation.invited_by,
        role=invitation.role,
        outcome=invitation.status,
    )
    uow.publish(answered, version=invitation.version)


def _audit(action: str, invitation: AdministratorInvitation, uow: OrganizationUnitOfWork) -> None:
    uow.audit(
        f"administrator.{action}",
        f"organization:{invitation.organization_id}",
        invitation_id=invitation.id,
        account_id=invitation.account_id,
        role=invitation.role,
    )


def _page(
    statement: Any,
    query: commands.ListInvitations | commands.ListMyInvitations,
    scope: str,
    uow: OrganizationUnitOfWork,
) -> Any:
    keys = [(AdministratorInvitation.invited_at, "desc"), (AdministratorInvitation.id, "desc")]
    return uow.page(statement, keys, limit=query.limit, cursor=query.cursor, scope=scope)
