"""Activity's queries, and the locks that enrollments are decided under.

Locks are taken in one order everywhere, each kind by id: volunteers, the activity, shifts. They are the weakest that
exclude each other (``FOR NO KEY UPDATE``), so that rows which refer to a locked one can still be written.
"""

from __future__ import annotations

from typing import Any

from services.activity.repository.activities import ActivityRepository, ShiftRepository
from services.activity.repository.calendars import CalendarRepository
from services.activity.repository.enrollments import EnrollmentRepository
from services.activity.repository.invitations import InvitationRepository
from services.activity.repository.listings import ListingRepository
from services.activity.repository.people import VolunteerRepository
from services.activity.repository.reminders import ReminderRepository
from services.activity.repository.search import SearchRepository
from services.activity.repository.series import SeriesRepository
from services.activity.repository.unlisted import UnlistedRepository
from services.chassis.organizations import Organizations
from services.chassis.unit_of_work import UnitOfWork


class ActivityUnitOfWork(UnitOfWork):
    """A unit of work with activity's repositories and its copy of the organization tree."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.organizations = Organizations(self.session, self.caller)
        self.activities = ActivityRepository(self.session)
        self.shifts = ShiftRepository(self.session)
        self.enrollments = EnrollmentRepository(self.session)
        self.invitations = InvitationRepository(self.session, self.organizations)
        self.volunteers = VolunteerRepository(self.session, self.organizations)
        self.listings = ListingRepository(self.session)
        self.search = SearchRepository(self.session)
        self.unlisted = UnlistedRepository(self.organizations)
        self.series = SeriesRepository(self.session, self.organizations)
        self.reminders = ReminderRepository(self.session)
        self.calendars = CalendarRepository(self.session)


UNIT_OF_WORK = ActivityUnitOfWork
