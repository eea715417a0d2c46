"""Volunteers and organizations that an organization registered itself: its reviewer's import is the approval.

Identity has seen to it that whoever imported holds a reviewing role at the home organization or parent, or above it.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from services.chassis.errors import FieldError, Invalid
from services.chassis.ids import new_id
from services.identity.events import VolunteerRegistered
from services.organization import commands, metrics
from services.organization.domain import MembershipStatus, OrganizationStatus, change_membership, change_organization
from services.organization.events import OrganizationApproved
from services.organization.models import ReviewDecision
from services.organization.repository import OrganizationUnitOfWork
from services.organization.schemas.tree import RegisterOrganization
from services.organization.use_cases import registration
from services.organization.use_cases.memberships import leave, open_membership
from services.organization.use_cases.telling import membership_state, tell_state

_MEMBERSHIPS, _ORGANIZATIONS = "memberships", "organizations"


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
    _decided(uow, _MEMBERSHIPS, membership.id, membership.status, registered.approved_by)


def register_organization(command: commands.RegisterOrganization, uow: OrganizationUnitOfWork) -> dict[str, str]:
    """As ``registration.register_organization``; active at once if ``approved_by`` says who has brought it."""
    answer = registration.register_organization(command, uow)
    organization = uow.tree.get(answer["organization_id"])
    if command.approved_by is None or organization.status != OrganizationStatus.PENDING:
        return answer
    organization.status = change_organization(organization.status, OrganizationStatus.ACTIVE)
    organization.decided_at = uow.clock.now()
    organization.version += 1
    tell_state(uow, organization)
    approved = OrganizationApproved(
        organization_id=organization.id, name=organization.name, account_id=organization.account_id, onboarded=True
    )
    uow.publish(approved, version=organization.version)
    _decided(uow, _ORGANIZATIONS, organization.id, organization.status, command.approved_by)
    return {**answer, "status": organization.status}


def check_registrations(query: commands.CheckRegistrations, uow: OrganizationUnitOfWork) -> dict[str, Any]:
    """What is wrong with each of these registrations by itself, before any of them is asked for."""
    uow.caller.require_service("identity")
    return {"items": [_faults(row, uow) for row in query.rows]}


def _faults(row: dict[str, Any], uow: OrganizationUnitOfWork) -> list[FieldError]:
    try:
        registration.check_place(RegisterOrganization().parse(row), uow)
    except Invalid as refusal:
        return list(refusal.errors)
    return []


def _decided(uow: OrganizationUnitOfWork, kind: str, subject_id: str, outcome: str, by: str) -> None:
    uow.session.add(
        ReviewDecision(
            id=new_id(),
            kind=kind,
            subject_id=subject_id,
            outcome=outcome,
            reason=None,
            decided_by=by,
            decided_at=uow.clock.now(),
        )
    )
    uow.audit("review.onboard", f"{kind.removesuffix('s')}:{subject_id}", by=by)
    metrics.REVIEWS_DECIDED.labels(kind, outcome).inc()
