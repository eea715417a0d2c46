"""Volunteers whom an organization registered itself: its reviewer's import is the approval.

Identity has seen to it that whoever imported holds a reviewing role at the home organization or above it.
"""

from __future__ import annotations

from dataclasses import replace

from services.chassis.ids import new_id
from services.identity.events import VolunteerRegistered
from services.organization import metrics
from services.organization.domain import MembershipStatus, OrganizationStatus, change_membership
from services.organization.models import ReviewDecision
from services.organization.repository import OrganizationUnitOfWork
from services.organization.use_cases.memberships import leave, open_membership
from services.organization.use_cases.telling import membership_state

_KIND = "memberships"


def take_registration(registered: VolunteerRegistered, version: int, uow: OrganizationUnitOfWork) -> None:
    """A registration waits for review, or is approved by ``approved_by``.

    If the organization is no longer active by now, somebody has to look at it: it waits like any other.
    """
    membership = open_membership(registered, version, uow)
    if membership is None or registered.approved_by is None:
        return
    organization = uow.tree.get(membership.organization_id)
    if organization.status != OrganizationStatus.ACTIVE:
        return
    for former in uow.memberships.in_status(membership.volunteer_id, MembershipStatus.APPROVED):
        leave(former, uow)
    uow.session.flush()  # one approved membership at a time: the former ends before this one begins
    membership.status = change_membership(membership.status, MembershipStatus.APPROVED)
    membership.decided_at = uow.clock.now()
    membership.version += 1
    told = replace(membership_state(membership, organization.name), onboarded=True)
    uow.publish(told, version=membership.version)
    uow.session.add(
        ReviewDecision(
            id=new_id(),
            kind=_KIND,
            subject_id=membership.id,
            outcome=membership.status,
            reason=None,
            decided_by=registered.approved_by,
            decided_at=membership.decided_at,
        )
    )
    uow.audit("membership.onboard", f"membership:{membership.id}", by=registered.approved_by)
    metrics.REVIEWS_DECIDED.labels(_KIND, membership.status).inc()
