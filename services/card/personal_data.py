"""What card holds of a person: which rows of which tables (``services/chassis/personal_data.py``)."""

from __future__ import annotations

import sqlalchemy as sa

from services.card.models import (
    Benefit,
    CardApplication,
    CardPage,
    Consent,
    GroupMember,
    HandOver,
    StatusEntry,
    VolunteerCopy,
)
from services.chassis.personal_data import VOLUNTEER, Held

_OWN_APPLICATIONS = sa.select(CardApplication.id).where(CardApplication.volunteer_id == VOLUNTEER).scalar_subquery()

PERSONAL_DATA = (
    Held(VolunteerCopy, VolunteerCopy.id == VOLUNTEER),
    Held(CardApplication, CardApplication.volunteer_id == VOLUNTEER),
    Held(StatusEntry, StatusEntry.application_id.in_(_OWN_APPLICATIONS)),
    Held(HandOver, HandOver.application_id.in_(_OWN_APPLICATIONS)),
    Held(Consent, Consent.volunteer_id == VOLUNTEER),
    Held(Benefit, Benefit.volunteer_id == VOLUNTEER),
    Held(CardPage, CardPage.volunteer_id == VOLUNTEER),
    Held(GroupMember, GroupMember.volunteer_id == VOLUNTEER),
)
