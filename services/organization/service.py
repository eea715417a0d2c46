"""The organization service: the tree, its administrators, memberships, reviews, sites, receipts and supervision."""

from __future__ import annotations

from services.activity.events import ActivityPublished, ActivityRevoked
from services.attendance.events import RecordDutyChanged
from services.card.events import CardStatusChanged
from services.chassis import audit_reading, uploads
from services.chassis.entrypoints import UnitsOfWork, command, every, on, query, sweep
from services.chassis.schema import EmptyAnswer
from services.identity.events import ExportRequested, VolunteerChanged, VolunteerErased, VolunteerRegistered
from services.organization.repository import OrganizationUnitOfWork
from services.organization.schemas import delegations as lending
from services.organization.schemas import invitations, members, reports, reviews, shaping, tree
from services.organization.schemas import sites as awaiting
from services.organization.settings import OrganizationSettings
from services.organization.use_cases import (
    administration,
    copies,
    delegations,
    escalating,
    exporting,
    leaving,
    memberships,
    onboarding,
    overdue_records,
    receipts,
    registration,
    sites,
)
from services.organization.use_cases import invitations as inviting
from services.organization.use_cases import reviews as reviewing
from services.organization.use_cases import shaping as shaping_tree
from services.organization.use_cases import supervision as supervising
from services.organization.use_cases import tree as looking


class OrganizationService:
    """Parse, use case, dump."""

    name = "organization"
    settings_class = OrganizationSettings
    unit_of_work = UnitsOfWork(OrganizationUnitOfWork)

    @command(tree.RegisterOrganization, tree.RegisteredOrganization)
    def register_organization(self, command, uow):
        return onboarding.register_organization(command, uow)

    @query(tree.CheckRegistrations, tree.CheckedRegistrations)
    def check_registrations(self, query, uow):
        return onboarding.check_registrations(query, uow)

    @query(tree.OrganizationById, tree.TakesMembers)
    def takes_members(self, query, uow):
        return looking.takes_members(query, uow)

    @query(tree.OrganizationById, tree.Organization)
    def get_organization(self, query, uow):
        return looking.get_organization(query, uow)

    @query(tree.ListOrganizations, tree.OrganizationPage)
    def list_organizations(self, query, uow):
        return looking.list_organizations(query, uow)

    @query(tree.ListTree, tree.TreePage)
    def list_tree(self, query, uow):
        return looking.list_tree(query, uow)

    @command(tree.AmendOrganization, tree.Organization)
    def amend_organization(self, command, uow):
        return registration.amend_organization(command, uow)

    @command(tree.OrganizationById, tree.Organization)
    def resubmit_organization(self, command, uow):
        return registration.resubmit_organization(command, uow)

    @command(shaping.MoveOrganization, tree.Organization)
    def move_organization(self, command, uow):
        return shaping_tree.move_organization(command, uow)

    @command(shaping.DisableOrganization, tree.Organization)
    def disable_organization(self, command, uow):
        return shaping_tree.disable_organization(command, uow)

    @command(tree.OrganizationById, tree.Organization)
    def enable_organization(self, command, uow):
        return shaping_tree.enable_organization(command, uow)

    @query(shaping.ListDivisions, shaping.Divisions)
    def list_divisions(self, query, uow):
        return shaping_tree.list_divisions(query, uow)

    @query(tree.ListAdministrators, tree.AdministratorPage)
    def list_administrators(self, query, uow):
        return administration.list_administrators(query, uow)

    @command(tree.AppointAdministrator, tree.Administrator)
    def appoint_administrator(self, command, uow):
        return administration.appoint_administrator(command, uow)

    @command(tree.DismissAdministrator, EmptyAnswer)
    def dismiss_administrator(self, command, uow):
        return administration.dismiss_administrator(command, uow)

    @command(invitations.InviteAdministrator, invitations.Invitation)
    def invite_administrator(self, command, uow):
        return inviting.invite_administrator(command, uow)

    @query(invitations.ListInvitations, invitations.InvitationPage)
    def list_administrator_invitations(self, query, uow):
        return inviting.list_invitations(query, uow)

    @command(invitations.RevokeInvitation, EmptyAnswer)
    def revoke_administrator_invitation(self, command, uow):
        return inviting.revoke_invitation(command, uow)

    @query(invitations.ListMyInvitations, invitations.MyInvitationPage)
    def list_my_administrator_invitations(self, query, uow):
        return inviting.list_my_invitations(query, uow)

    @command(invitations.AnswerInvitation, tree.Administrator)
    def accept_administrator_invitation(self, command, uow):
        return inviting.accept_invitation(command, uow)

    @command(invitations.AnswerInvitation, invitations.MyInvitation)
    def decline_administrator_invitation(self, command, uow):
        return inviting.decline_invitation(command, uow)

    @query(tree.ListMembersAs, tree.MemberPage)
    def list_members(self, query, uow):
        return memberships.list_members(query, uow)

    @command(tree.ListMembersAs, tree.MemberPage)  # a file that is taken away is written to the audit log
    def export_members(self, command, uow):
        return memberships.export_members(command, uow)

    @command(members.LeaveOrganization, EmptyAnswer)
    def leave_organization(self, command, uow):
        return leaving.leave_organization(command, uow)

    @command(members.TransferOwnership, tree.Administrator)
    def transfer_ownership(self, command, uow):
        return administration.transfer_ownership(command, uow)

    @command(tree.RequestTransfer, tree.Membership)
    def request_transfer(self, command, uow):
        return memberships.request_transfer(command, uow)

    @query(reviews.CountReviews, reviews.ReviewCounts)
    def count_reviews(self, query, uow):
        return reviewing.count_reviews(query, uow)

    @query(reviews.ListReviews, reviews.MembershipReviewPage)
    def list_membership_reviews(self, query, uow):
        return reviewing.list_membership_reviews(query, uow)

    @query(reviews.ListReviews, reviews.OrganizationReviewPage)
    def list_organization_reviews(self, query, uow):
        return reviewing.list_organization_reviews(query, uow)

    @query(reviews.ListReviewReasons, reviews.ReviewReasons)
    def list_review_reasons(self, query, uow):
        return reviewing.list_review_reasons(query, uow)

    @query(reviews.ReviewHistory, reviews.DecisionHistory)
    def membership_review_history(self, query, uow):
        return reviewing.membership_review_history(query, uow)

    @query(reviews.ReviewHistory, reviews.DecisionHistory)
    def organization_review_history(self, query, uow):
        return reviewing.organization_review_history(query, uow)

    @command(reviews.DecideReview, reviews.Decided)
    def decide_membership_review(self, command, uow):
        return reviewing.decide_membership_review(command, uow)

    @command(reviews.DecideReview, reviews.Decided)
    def decide_organization_review(self, command, uow):
        return reviewing.decide_organization_review(command, uow)

    @command(reviews.DecideReviews, reviews.DecidedMany)
    def decide_membership_reviews(self, command, uow):
        return reviewing.decide_membership_reviews(command, uow)

    @command(reviews.DecideReviews, reviews.DecidedMany)
    def decide_organization_reviews(self, command, uow):
        return reviewing.decide_organization_reviews(command, uow)

    @command(lending.DelegateReviews, lending.Delegation)
    def delegate_reviews(self, command, uow):
        return delegations.delegate_reviews(command, uow)

    @command(lending.RevokeDelegation, EmptyAnswer)
    def revoke_delegation(self, command, uow):
        return delegations.revoke_delegation(command, uow)

    @query(lending.ListDelegations, lending.DelegationPage)
    def list_delegations(self, query, uow):
        return delegations.list_delegations(query, uow)

    @query(lending.ListMyDelegations, lending.DelegationPage)
    def list_my_delegations(self, query, uow):
        return delegations.list_my_delegations(query, uow)

    @sweep(seconds=60)
    def escalate_reviews(self):
        escalating.escalate_waiting(self.unit_of_work)

    @query(reports.GetSite, reports.Site)
    def get_site(self, query, uow):
        return sites.get_site(query, uow)

    @command(reports.PutSite, reports.Site)
    def put_site(self, command, uow):
        return sites.put_site(command, uow)

    @query(awaiting.ListWaitingSites, awaiting.SitePage)
    def list_waiting_sites(self, query, uow):
        return sites.list_waiting_sites(query, uow)

    @command(tree.OrganizationById, reports.Site)
    def approve_site(self, command, uow):
        return sites.approve_site(command, uow)

    @command(reports.SubmitReceipt, reports.Receipt)
    def submit_receipt(self, command, uow):
        return receipts.submit_receipt(command, uow)

    @command(reports.ListReceipts, reports.ReceiptPage)  # a look at contacts in clear is written to the audit log
    def list_receipts(self, query, uow):
        return receipts.list_receipts(query, uow)

    @query(reports.GetSupervision, reports.Supervision)
    def get_supervision(self, query, uow):
        return supervising.get_supervision(query, uow)

    @query(reports.ListIndicatorOrganizations, reports.ContributionPage)
    def list_indicator_organizations(self, query, uow):
        return supervising.list_indicator_organizations(query, uow)

    @query(uploads.UploadsInUse, uploads.UploadIds)
    def uploads_in_use(self, query, uow):
        return sites.uploads_in_use(query, uow)

    @every(seconds=60)
    def put_away_counters(self, uow):
        supervising.put_away_counters(uow)

    @query(audit_reading.ListAuditLog, audit_reading.AuditLogPage)
    def list_audit_log(self, query, uow):
        return audit_reading.list_audit_log(query, uow)

    @on(VolunteerRegistered)
    def open_membership(self, event, uow):
        onboarding.take_registration(event.data, event.aggregate_version, uow)

    @on(VolunteerChanged)
    def note_volunteer(self, event, uow):
        copies.note_volunteer(event.data, event.aggregate_version, uow)

    @on(VolunteerErased)
    def forget_volunteer(self, event, uow):
        memberships.forget_volunteer(event.data, event.aggregate_version, uow)

    @on(ExportRequested)
    def export_person(self, event, uow):
        exporting.export_person(event, uow)

    @on(CardStatusChanged)
    def note_card(self, event, uow):
        copies.note_card(event.data, event.aggregate_version, uow)

    @on(ActivityPublished)
    def note_activity_published(self, event, uow):
        copies.note_activity_published(event.data, uow)

    @on(ActivityRevoked)
    def note_activity_revoked(self, event, uow):
        copies.note_activity_revoked(event.data, uow)

    @on(RecordDutyChanged)
    def note_record_duty(self, event, uow):
        overdue_records.take_over_duty(event, uow)


SERVICE = OrganizationService
