"""Organization's tables, a module per topic; ``copies`` are other services' state."""

from __future__ import annotations

from services.organization.models.base import Base
from services.organization.models.copies import Applicant, CardApplication, PublishedActivity, RecordDuty, Volunteer
from services.organization.models.invitations import AdministratorInvitation
from services.organization.models.reports import AdoptionReceipt, Site
from services.organization.models.reviews import Membership, ReviewDecision
from services.organization.models.standing_in import Delegation, Escalation
from services.organization.models.supervision import (
    CountedVolunteer,
    CounterSnapshot,
    CounterTotal,
    OrganizationCounter,
    SupervisionDay,
)
from services.organization.models.tree import Administrator, Organization

__all__ = [
    "Administrator",
    "AdministratorInvitation",
    "AdoptionReceipt",
    "Applicant",
    "Base",
    "CardApplication",
    "CountedVolunteer",
    "CounterSnapshot",
    "CounterTotal",
    "Delegation",
    "Escalation",
    "Membership",
    "Organization",
    "OrganizationCounter",
    "PublishedActivity",
    "RecordDuty",
    "ReviewDecision",
    "Site",
    "SupervisionDay",
    "Volunteer",
]
