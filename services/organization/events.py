"""What organization tells the others: the tree, who administers it, and who belongs to it.

``version`` is the aggregate's: the organization's, the membership's, or the administrator's.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from services.chassis.events import Event
from services.chassis.personal_data import Exported


@dataclass(frozen=True, kw_only=True)
class OrganizationChanged(Event):
    """The present state of an organization, for the copies of the tree that other services keep.

    ``path``: ids from the root to itself. ``status``: ``pending``, ``active``, ``rejected`` or ``disabled``.
    """

    type = "organization.changed"
    subject_field = "organization_id"

    organization_id: str
    name: str
    kind: str
    region: str
    status: str
    path: list[str]


@dataclass(frozen=True, kw_only=True)
class OrganizationRegistered(Event):
    """An organization waits for its parent's administrators to review it."""

    type = "organization.registered"
    subject_field = "organization_id"
    mandatory = False

    organization_id: str
    name: str
    kind: str
    parent_id: str | None
    region: str
    account_id: str
    registered_at: datetime


@dataclass(frozen=True, kw_only=True)
class OrganizationApproved(Event):
    """The parent's administrators approved it. ``account_id``: its owner, who is told (notice, attachment 2, 三.5).

    ``onboarded``: they had registered it themselves, and the owner has no password yet.
    """

    type = "organization.approved"
    subject_field = "organization_id"

    organization_id: str
    name: str
    account_id: str
    onboarded: bool = False


@dataclass(frozen=True, kw_only=True)
class OrganizationRejected(Event):
    """The parent's administrators rejected it, and said why (notice, attachment 2, 三.5)."""

    type = "organization.rejected"
    subject_field = "organization_id"

    organization_id: str
    name: str
    account_id: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class MembershipApproved(Event):
    """The home organization took the volunteer. ``onboarded``: it had registered them itself."""

    type = "membership.approved"
    subject_field = "membership_id"

    membership_id: str
    volunteer_id: str
    organization_id: str
    organization_name: str
    onboarded: bool = False


@dataclass(frozen=True, kw_only=True)
class MembershipRejected(Event):
    """The home organization did not take the volunteer, and said why."""

    type = "membership.rejected"
    subject_field = "membership_id"

    membership_id: str
    volunteer_id: str
    organization_id: str
    organization_name: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class MembershipLeft(Event):
    """The volunteer left the home organization and has none now. A transfer is no leaving."""

    type = "membership.left"
    subject_field = "membership_id"

    membership_id: str
    volunteer_id: str
    organization_id: str


@dataclass(frozen=True, kw_only=True)
class AdministratorChanged(Event):
    """An account holds a role at an organization, or (``active`` false) does not any more.

    ``appointed_at``: since when; None in events of before it was told.
    """

    type = "administrator.changed"
    subject_field = "administrator_id"

    administrator_id: str
    organization_id: str
    account_id: str
    role: str
    active: bool
    appointed_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class AdministratorInvited(Event):
    """An account was asked to take a role, and may answer until ``expires_at``."""

    type = "administrator.invited"
    subject_field = "invitation_id"

    invitation_id: str
    organization_id: str
    organization_name: str
    account_id: str
    role: str
    expires_at: datetime


@dataclass(frozen=True, kw_only=True)
class AdministratorInvitationAnswered(Event):
    """The invited has answered. ``account_id``: whoever had asked, who is told; ``outcome``: accepted or declined."""

    type = "administrator.invitation_answered"
    subject_field = "invitation_id"

    invitation_id: str
    organization_id: str
    organization_name: str
    account_id: str
    role: str
    outcome: str


@dataclass(frozen=True, kw_only=True)
class DelegationChanged(Event):
    """A reviewer lends their reviewing at an organization to ``account_id``, or (``revoked``) does not any more.

    State, for copies: from ``starts_on`` to the end of ``ends_on``. Whether it is in force follows from the roles that
    both hold (docs/adr/0021).
    """

    type = "delegation.changed"
    subject_field = "delegation_id"

    delegation_id: str
    organization_id: str
    organization_name: str
    delegator_id: str
    account_id: str
    starts_on: date
    ends_on: date
    created_at: datetime
    revoked: bool


@dataclass(frozen=True, kw_only=True)
class ReviewEscalated(Event):
    """A review has waited so long that ``organization_id``, above those who should decide, is told of it.

    ``kind``: ``memberships`` or ``organizations``; ``subject_id``: the membership or organization.
    """

    type = "review.escalated"
    subject_field = "escalation_id"
    mandatory = False

    escalation_id: str
    kind: str
    subject_id: str
    organization_id: str
    submitted_at: datetime


@dataclass(frozen=True, kw_only=True)
class ReviewerReminded(Event):
    """To one who reviews at an organization: so many reviews were escalated to it since the last message."""

    type = "reviewer.reminded"
    subject_field = "reminder_id"

    reminder_id: str
    account_id: str
    organization_id: str
    organization_name: str
    memberships: int
    organizations: int


@dataclass(frozen=True, kw_only=True)
class RecorderReminded(Event):
    """To one who runs attendance at an organization: the hours of this activity had to be recorded until ``due_on``."""

    type = "recorder.reminded"
    subject_field = "reminder_id"

    reminder_id: str
    account_id: str
    organization_id: str
    organization_name: str
    activity_id: str
    title: str
    due_on: date


@dataclass(frozen=True, kw_only=True)
class PersonalDataExported(Exported):
    """Everything that organization holds of a person who has asked for it, sealed for identity."""

    type = "personal_data.exported"
