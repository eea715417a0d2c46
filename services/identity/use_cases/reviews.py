"""What the home organization decided, and who administers which organization: organization's events.

Events come late, twice and in any order. A decision counts if it was made after the review was last asked for (an
older one is about facts that have changed since) and after the last decision that was taken over.
"""

from __future__ import annotations

from datetime import datetime

from services.chassis.events import Received
from services.identity.domain.people import VolunteerStatus
from services.identity.models import Volunteer
from services.identity.repository import IdentityUnitOfWork
from services.identity.use_cases.realname import holds_back
from services.identity.use_cases.telling import move, note_step, tell_volunteer
from services.organization.events import (
    AdministratorChanged,
    MembershipApproved,
    MembershipLeft,
    MembershipRejected,
)


def take_over_approval(event: Received[MembershipApproved], uow: IdentityUnitOfWork) -> None:
    """A registered volunteer becomes active; an active one has moved to another organization."""
    volunteer = _decided(event.data.volunteer_id, event.time, uow)
    if volunteer is None or holds_back(volunteer):
        return
    if volunteer.status in (VolunteerStatus.PENDING_REVIEW, VolunteerStatus.REJECTED):
        move(volunteer, VolunteerStatus.ACTIVE)
    volunteer.rejection_reason = None
    volunteer.organization_id = event.data.organization_id
    volunteer.left_home_at = None
    note_step(uow, volunteer, "approved", event.time)
    _tell(uow, volunteer, event.time)


def take_over_rejection(event: Received[MembershipRejected], uow: IdentityUnitOfWork) -> None:
    """A registration is rejected, with its reason. For anybody else it was a transfer that failed: nothing changes."""
    volunteer = _decided(event.data.volunteer_id, event.time, uow)
    if (
        volunteer is None
        or volunteer.status != VolunteerStatus.PENDING_REVIEW
        or volunteer.organization_id != event.data.organization_id
    ):
        return
    move(volunteer, VolunteerStatus.REJECTED)
    volunteer.rejection_reason = event.data.reason
    note_step(uow, volunteer, "rejected", event.time, event.data.reason)
    _tell(uow, volunteer, event.time)


def take_over_leaving(event: Received[MembershipLeft], uow: IdentityUnitOfWork) -> None:
    """The volunteer has no home organization now, and stays what they were (docs/adr/0018)."""
    volunteer = _decided(event.data.volunteer_id, event.time, uow)
    if volunteer is None or volunteer.organization_id != event.data.organization_id:
        return
    volunteer.left_home_at = event.time
    _tell(uow, volunteer, event.time)


def take_over_administrator(event: Received[AdministratorChanged], uow: IdentityUnitOfWork) -> None:
    """A role was given or taken away; the next access token says so."""
    uow.roles.save(
        administrator_id=event.data.administrator_id,
        account_id=event.data.account_id,
        organization_id=event.data.organization_id,
        role=event.data.role,
        active=event.data.active,
        version=event.aggregate_version,
    )


def _decided(volunteer_id: str, at: datetime, uow: IdentityUnitOfWork) -> Volunteer | None:
    """The volunteer, locked, if a decision made ``at`` is news; a volunteer nobody knows is a fault: retried."""
    volunteer = uow.volunteers.lock(volunteer_id)
    if volunteer is None:
        raise LookupError("a decision about a volunteer that identity does not know")
    too_old = at < volunteer.submitted_at or (volunteer.decided_at is not None and at < volunteer.decided_at)
    return None if too_old or volunteer.status == VolunteerStatus.ERASED else volunteer


def _tell(uow: IdentityUnitOfWork, volunteer: Volunteer, at: datetime) -> None:
    volunteer.decided_at = at
    volunteer.version += 1
    account = uow.accounts.get(volunteer.account_id)
    assert account is not None
    tell_volunteer(uow, volunteer, account)
    uow.audit("volunteer.reviewed", f"volunteer:{volunteer.id}", status=volunteer.status)
