"""Activity as a Nameko service: parse, use case, dump. What each does stands in ``use_cases``."""

from __future__ import annotations

from services.activity.repository import ActivityUnitOfWork
from services.activity.schemas import activities, enrollments, invitations, presence, search
from services.activity.schemas import calendars as calendar_requests
from services.activity.schemas import series as series_requests
from services.activity.settings import ActivitySettings
from services.activity.use_cases import (
    attending,
    calendars,
    copies,
    deciding,
    drafting,
    editing,
    enrolling,
    exporting,
    inviting,
    listing,
    publishing,
    reading,
    reminding,
    searching,
    series,
    waiting_list,
    walk_ins,
)
from services.attendance.events import HoursRecorded, SignedIn
from services.chassis import audit_reading
from services.chassis.entrypoints import UnitsOfWork, command, every, on, query, sweep
from services.chassis.schema import EmptyAnswer
from services.identity.events import ExportRequested, VolunteerChanged, VolunteerErased
from services.organization.events import OrganizationChanged


class ActivityService:
    """What is done when and where, and who takes part."""

    name = "activity"
    settings_class = ActivitySettings
    unit_of_work = UnitsOfWork(ActivityUnitOfWork)

    @command(activities.CreateActivity, activities.Activity)
    def create_activity(self, command, uow):
        return drafting.create_activity(command, uow)

    @command(activities.EditActivity, activities.EditedActivity)
    def edit_activity(self, command, uow):
        return editing.edit_activity(command, uow)

    @command(activities.CopyActivity, activities.Activity)
    def copy_activity(self, command, uow):
        return drafting.copy_activity(command, uow)

    @command(activities.PublishActivity, activities.Activity)
    def publish_activity(self, command, uow):
        return publishing.publish_activity(command, uow)

    @command(activities.RevokeActivity, activities.Activity)
    def revoke_activity(self, command, uow):
        return publishing.revoke_activity(command, uow)

    @query(activities.GetActivity, activities.Activity)
    def get_activity(self, query, uow):
        return reading.get_activity(query, uow)

    @query(series_requests.ListOccurrences, activities.OccurrencePage)
    def list_occurrences(self, query, uow):
        return series.list_occurrences(query, uow)

    @query(search.SearchActivities, search.ActivityPage)
    def search_activities(self, query, uow):
        return searching.search_activities(query, uow)

    @command(enrollments.Enroll, enrollments.Enrollment)
    def enroll(self, command, uow):
        return enrolling.enroll(command, uow)

    @command(enrollments.WithdrawEnrollment, enrollments.Enrollment)
    def withdraw_enrollment(self, command, uow):
        return enrolling.withdraw_enrollment(command, uow)

    @command(enrollments.AnswerOffer, enrollments.Enrollment)
    def answer_offer(self, command, uow):
        return waiting_list.answer_offer(command, uow)

    @command(enrollments.DecideEnrollment, enrollments.Enrollment)
    def decide_enrollment(self, command, uow):
        return deciding.decide_enrollment(command, uow)

    @command(enrollments.DecideEnrollments, enrollments.DecisionResults)
    def decide_enrollments(self, command, uow):
        return deciding.decide_enrollments(command, uow)

    @query(enrollments.ListRejectionReasons, enrollments.RejectionReasons)
    def list_rejection_reasons(self, query, uow):
        return deciding.list_rejection_reasons(query, uow)

    @command(presence.AdmitWalkIn, enrollments.EnrollmentOfVolunteer)
    def admit_walk_in(self, command, uow):
        return walk_ins.admit_walk_in(command, uow)

    @command(presence.RecordAbsence, enrollments.Enrollment)
    def record_absence(self, command, uow):
        return attending.record_absence(command, uow)

    @command(presence.RevokeAbsence, enrollments.Enrollment)
    def revoke_absence(self, command, uow):
        return attending.revoke_absence(command, uow)

    @query(enrollments.ListEnrollments, enrollments.EnrollmentPage)
    def list_enrollments(self, query, uow):
        return reading.list_enrollments(query, uow)

    @query(enrollments.ListMyActivities, enrollments.MyActivityPage)
    def list_my_activities(self, query, uow):
        return reading.list_my_activities(query, uow)

    @command(invitations.InviteVolunteers, invitations.Invitations)
    def invite_volunteers(self, command, uow):
        return inviting.invite_volunteers(command, uow)

    @command(invitations.DeclineInvitation, invitations.MyInvitation)
    def decline_invitation(self, command, uow):
        return inviting.decline_invitation(command, uow)

    @query(invitations.ListInvitations, invitations.InvitationPage)
    def list_invitations(self, query, uow):
        return reading.list_invitations(query, uow)

    @query(invitations.ListMyInvitations, invitations.MyInvitationPage)
    def list_my_invitations(self, query, uow):
        return reading.list_my_invitations(query, uow)

    @command(calendar_requests.CreateCalendarToken, calendar_requests.NewCalendarToken)
    def create_calendar_token(self, command, uow):
        return calendars.create_token(command, uow)

    @command(calendar_requests.RevokeCalendarToken, EmptyAnswer)
    def revoke_calendar_token(self, command, uow):
        return calendars.revoke_token(command, uow)

    @query(calendar_requests.ReadCalendar, calendar_requests.CalendarFile)
    def read_calendar(self, query, uow):
        return calendars.read_calendar(query, uow)

    @query(audit_reading.ListAuditLog, audit_reading.AuditLogPage)
    def list_audit_log(self, query, uow):
        return audit_reading.list_audit_log(query, uow)

    @on(OrganizationChanged)
    def copy_organization(self, event, uow):
        listing.copy_organization(event, uow)

    @on(VolunteerChanged)
    def copy_volunteer(self, event, uow):
        copies.copy_volunteer(event, uow)

    @on(VolunteerErased)
    def erase_volunteer(self, event, uow):
        copies.erase_volunteer(event, uow)

    @on(SignedIn)
    def note_sign_in(self, event, uow):
        attending.note_sign_in(event, uow)

    @on(HoursRecorded)
    def note_hours(self, event, uow):
        attending.note_hours(event, uow)

    @on(ExportRequested)
    def export_person(self, event, uow):
        exporting.export_person(event, uow)

    @every(seconds=10)
    def lapse_overdue(self, uow):
        waiting_list.lapse_overdue(uow)

    @sweep(seconds=20)
    def remind(self):
        reminding.remind_all(self.unit_of_work)

    @sweep(seconds=20)
    def relist(self):
        listing.relist_all(self.unit_of_work)


SERVICE = ActivityService
