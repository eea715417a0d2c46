"""What activity holds of a person: which rows of which tables (``services/chassis/personal_data.py``)."""

from __future__ import annotations

from services.activity.models import CalendarToken, Enrollment, Invitation, VolunteerCopy
from services.chassis.personal_data import VOLUNTEER, Held

PERSONAL_DATA = (
    Held(VolunteerCopy, VolunteerCopy.id == VOLUNTEER),
    Held(Enrollment, Enrollment.volunteer_id == VOLUNTEER),
    Held(CalendarToken, CalendarToken.volunteer_id == VOLUNTEER),
    Held(Invitation, Invitation.volunteer_id == VOLUNTEER),
)
