"""Activity's tables, a module per topic; ``copies`` are other services' state."""

from __future__ import annotations

from services.activity.models.activities import Activity, Shift
from services.activity.models.base import Base
from services.activity.models.calendars import CalendarToken
from services.activity.models.copies import VolunteerCopy
from services.activity.models.enrollments import Enrollment, Invitation
from services.activity.models.listings import Listing, Relisting, cell_of
from services.activity.models.reminders import Reminder
from services.activity.models.series import Series

__all__ = [
    "Activity",
    "Base",
    "CalendarToken",
    "Enrollment",
    "Invitation",
    "Listing",
    "Relisting",
    "Reminder",
    "Series",
    "Shift",
    "VolunteerCopy",
    "cell_of",
]
