"""What organization holds of a person: which rows of which tables (``services/chassis/personal_data.py``)."""

from __future__ import annotations

import sqlalchemy as sa

from services.chassis.personal_data import ACCOUNT, VOLUNTEER, Held
from services.organization.models import (
    Administrator,
    AdministratorInvitation,
    Applicant,
    CardApplication,
    CountedVolunteer,
    Delegation,
    Membership,
    Organization,
    ReviewDecision,
    Volunteer,
)

_OWN_MEMBERSHIPS = sa.select(Membership.id).where(Membership.volunteer_id == VOLUNTEER).scalar_subquery()

PERSONAL_DATA = (
    Held(Volunteer, Volunteer.id == VOLUNTEER),
    Held(Applicant, Applicant.volunteer_id == VOLUNTEER),
    Held(Membership, Membership.volunteer_id == VOLUNTEER),
    Held(ReviewDecision, ReviewDecision.subject_id.in_(_OWN_MEMBERSHIPS)),
    Held(Administrator, Administrator.account_id == ACCOUNT),
    Held(AdministratorInvitation, AdministratorInvitation.account_id == ACCOUNT),
    Held(Delegation, sa.or_(Delegation.delegator_id == ACCOUNT, Delegation.delegate_id == ACCOUNT)),
    Held(Organization, Organization.account_id == ACCOUNT),
    Held(CountedVolunteer, CountedVolunteer.volunteer_id == VOLUNTEER),
    Held(CardApplication, CardApplication.volunteer_id == VOLUNTEER),
)
