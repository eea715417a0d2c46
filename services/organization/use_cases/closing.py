"""Requests for a membership that nobody has to decide any more: identity has rejected the volunteer.

A name that does not match its certificate is found out while the request waits, or before its event has arrived. Either
way it leaves the reviewers' inbox; a new attempt opens a new request (docs/adr/0022).
"""

from __future__ import annotations

from services.chassis.ids import new_id
from services.organization.domain import MembershipStatus, change_membership
from services.organization.models import Membership, ReviewDecision
from services.organization.repository import OrganizationUnitOfWork

REASON = "志愿者资料未通过核验，须修改后重新提交"


def close_requests(volunteer_id: str, uow: OrganizationUnitOfWork) -> None:
    """Close what waits, if the volunteer was rejected after it was handed in; ask with the volunteer's state saved."""
    if not uow.copies.was_rejected_since(volunteer_id):
        return
    for membership in uow.memberships.in_status(volunteer_id, MembershipStatus.PENDING):
        _close(membership, uow)


def _close(membership: Membership, uow: OrganizationUnitOfWork) -> None:
    now = uow.clock.now()
    membership.status = change_membership(membership.status, MembershipStatus.CLOSED)
    membership.rejection_reason = REASON
    membership.decided_at = now
    membership.version += 1
    uow.session.add(
        ReviewDecision(
            id=new_id(),
            kind="memberships",
            subject_id=membership.id,
            outcome=membership.status,
            reason=REASON,
            decided_by=None,
            decided_at=now,
        )
    )
    uow.audit("review.close", f"membership:{membership.id}")
