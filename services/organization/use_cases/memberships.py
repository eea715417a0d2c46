"""Home organizations: a request for each registration, transfers, leaving, and the members' list."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from services.chassis.escalation import next_escalation
from services.chassis.forgetting import forget_traces
from services.chassis.ids import new_id
from services.identity.events import VolunteerErased, VolunteerRegistered
from services.organization import commands, metrics
from services.organization.domain import ANY_ROLE, MembershipStatus, OrganizationStatus, Role, change_membership
from services.organization.errors import AlreadyMember, NoMembershipYet, OrganizationTakesNoMembers, TransferPending
from services.organization.models import Membership
from services.organization.repository import OrganizationUnitOfWork
from services.organization.use_cases.delegations import end_delegations_of
from services.organization.use_cases.invitations import forget_invitations
from services.organization.use_cases.telling import tell_administrator


def open_membership(registered: VolunteerRegistered, version: int, uow: OrganizationUnitOfWork) -> Membership | None:
    """A registration, or a new attempt after a rejection, waits for the home organization's review: the new request.

    What was handed in replaces what was handed in before. An event that was here already, or that a newer one has
    overtaken (an erasure among them), changes nothing; nor does anything wait of somebody who was rejected since.
    """
    uow.copies.lock_person(registered.volunteer_id)
    is_news = uow.copies.save_applicant(
        volunteer_id=registered.volunteer_id,
        name=registered.name,
        volunteer_no=registered.volunteer_no,
        cert_type=registered.cert_type,
        cert_no_masked=registered.cert_no_masked,
        phone_masked=registered.phone_masked,
        version=version,
    )
    if not is_news or uow.copies.was_rejected_since(registered.volunteer_id):
        return None
    waiting = uow.memberships.in_status(registered.volunteer_id, MembershipStatus.PENDING)
    if any(membership.organization_id == registered.organization_id for membership in waiting):
        return None  # the same request, with other particulars
    for membership in waiting:
        leave(membership, uow)
    return _request(uow, registered.volunteer_id, registered.organization_id)


def request_transfer(command: commands.RequestTransfer, uow: OrganizationUnitOfWork) -> Membership:
    """Ask another organization to become one's home; one stays where one is, if anywhere, until it is approved.

    Raises ``NotFound``, ``OrganizationTakesNoMembers``, ``NoMembershipYet``, ``AlreadyMember``, ``TransferPending``.
    """
    volunteer_id = uow.caller.require_volunteer()
    organization = uow.tree.require_visible(command.organization_id)
    if organization.status != OrganizationStatus.ACTIVE:
        raise OrganizationTakesNoMembers()
    present = {membership.status: membership for membership in uow.memberships.lock_present(volunteer_id)}
    current = present.get(MembershipStatus.APPROVED)
    if current is None and not uow.memberships.has_left(volunteer_id):
        raise NoMembershipYet()
    if current is not None and current.organization_id == organization.id:
        raise AlreadyMember()
    if MembershipStatus.PENDING in present:
        raise TransferPending()
    membership = _request(uow, volunteer_id, organization.id)
    uow.audit("membership.request_transfer", f"membership:{membership.id}")
    return membership


def _request(uow: OrganizationUnitOfWork, volunteer_id: str, organization_id: str) -> Membership:
    uow.session.flush()  # one pending request at a time: the former ends before this one begins
    now = uow.clock.now()
    membership = Membership(
        id=new_id(),
        volunteer_id=volunteer_id,
        organization_id=organization_id,
        status=MembershipStatus.PENDING,
        rejection_reason=None,
        submitted_at=now,
        decided_at=None,
        left_at=None,
        escalates_at=next_escalation(now, now, uow.settings.escalation_working_days),
        version=1,
    )
    uow.session.add(membership)
    uow.session.flush()
    metrics.REVIEWS_OPENED.labels("memberships").inc()
    return membership


def leave(membership: Membership, uow: OrganizationUnitOfWork) -> None:
    """End a membership, or withdraw the request for one."""
    membership.status = change_membership(membership.status, MembershipStatus.LEFT)
    membership.left_at = uow.clock.now()
    membership.version += 1


def forget_volunteer(erased: VolunteerErased, version: int, uow: OrganizationUnitOfWork) -> None:
    """Blank who it was; memberships end, roles too, and the rows stay to be counted (PIPL 47).

    The last owner's role stays, without a name: an organization is never without one, and a superior appoints another.
    """
    uow.copies.save_applicant(
        volunteer_id=erased.volunteer_id,
        name="",
        volunteer_no="",
        cert_type="",
        cert_no_masked="",
        phone_masked="",
        version=version,
    )
    uow.copies.save_volunteer(
        id=erased.volunteer_id,
        account_id=erased.account_id,
        volunteer_no="",
        name="",
        status="erased",
        political_status=None,
        version=version,
    )
    uow.memberships.forget_reasons(erased.volunteer_id)
    end_delegations_of(erased.account_id, uow)
    forget_traces(uow.session, erased.account_id, erased.volunteer_id)
    for membership in uow.memberships.lock_present(erased.volunteer_id):
        leave(membership, uow)
    forget_invitations(erased.account_id, uow)
    for administrator in uow.administrators.held_by(erased.account_id):
        uow.tree.lock(administrator.organization_id)
        if administrator.role == Role.OWNER and uow.administrators.owners(administrator.organization_id) == 1:
            continue
        administrator.active = False
        administrator.ended_at = uow.clock.now()
        administrator.version += 1
        tell_administrator(uow, administrator)
        uow.session.flush()


def list_members(query: commands.ListMembers, uow: OrganizationUnitOfWork) -> Any:
    """The members, masked; for any role at the organization or above. Raises ``NotFound``, ``Forbidden``."""
    organization = uow.tree.require(query.organization_id, *ANY_ROLE)
    return uow.page(
        uow.memberships.of_organization(organization.id, query),
        [Membership.submitted_at, Membership.id],
        limit=query.limit,
        cursor=query.cursor,
        scope=f"members:{replace(query, limit=0, cursor=None)}",
    )


def export_members(command: commands.ListMembers, uow: OrganizationUnitOfWork) -> Any:
    """A page of the members, masked, to be kept as a file; that somebody took it is in the audit log.

    Raises as :func:`list_members`.
    """
    page = list_members(command, uow)
    uow.audit("membership.export", f"organization:{command.organization_id}", rows=len(page.items))
    return page
