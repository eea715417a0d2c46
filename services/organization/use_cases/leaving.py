"""A volunteer leaves the home organization, and has none until another one takes them."""

from __future__ import annotations

from services.organization.commands.members import LeaveOrganization
from services.organization.domain import MembershipStatus
from services.organization.errors import NoMembershipYet
from services.organization.events import MembershipLeft
from services.organization.repository import OrganizationUnitOfWork
from services.organization.use_cases.memberships import leave


def leave_organization(_command: LeaveOrganization, uow: OrganizationUnitOfWork) -> None:
    """End the membership; records, hours and a transfer that waits for its review stay. Raises ``NoMembershipYet``."""
    volunteer_id = uow.caller.require_volunteer()
    current = uow.memberships.in_status(volunteer_id, MembershipStatus.APPROVED)
    if not current:
        raise NoMembershipYet()
    membership = current[0]
    leave(membership, uow)
    left = MembershipLeft(
        membership_id=membership.id,
        volunteer_id=volunteer_id,
        organization_id=membership.organization_id,
    )
    uow.publish(left, version=membership.version)
    uow.audit("membership.leave", f"membership:{membership.id}")
