"""Card over RPC and events: parse -> use case -> dump, nothing else."""

from __future__ import annotations

from services.card.repository import CardUnitOfWork
from services.card.schemas import applications, contacts, exchange, groups, partner, products
from services.card.schemas import benefits as schemas_benefits
from services.card.schemas import pages as schemas_pages
from services.card.settings import CardSettings
from services.card.use_cases import (
    applying,
    benefits,
    branch_contacts,
    copies,
    exporting,
    group_proposals,
    group_replies,
    group_visits,
    handing_over,
    looking_after,
    overseeing,
    pages,
    product_periods,
    reading,
    reconciling,
    refused_messages,
    replaying,
    routing,
    signed_reports,
    visit_reports,
    withdrawing,
)
from services.chassis import audit_reading
from services.chassis.entrypoints import SettingsDependency, UnitsOfWork, command, every, on, query, saga, sweep
from services.chassis.rpc_client import ServiceClient
from services.chassis.schema import EmptyAnswer
from services.identity.events import ExportRequested, VolunteerChanged, VolunteerErased
from services.organization.events import OrganizationChanged


class CardService:
    """Branch contacts, applications for the volunteer card, and the exchange with the banks."""

    name = "card"
    settings_class = CardSettings
    unit_of_work = UnitsOfWork(CardUnitOfWork)
    settings = SettingsDependency()
    identity = ServiceClient("identity")
    attendance = ServiceClient("attendance")

    # for volunteers and organizations

    @query(products.FindProducts, products.ProductPage)
    def find_products(self, query, uow):
        return reading.find_products(query, uow)

    @saga(applications.Apply, applications.Application)
    def apply(self, command):
        return applying.apply(command, self.unit_of_work, self.identity)

    @query(applications.ListMyApplications, applications.ApplicationPage)
    def list_my_applications(self, query, uow):
        return reading.list_my_applications(query, uow)

    @command(applications.CancelApplication, applications.Application)
    def cancel_application(self, command, uow):
        return withdrawing.cancel_application(command, uow)

    @query(schemas_benefits.ListMyBenefits, schemas_benefits.Benefits)
    def list_my_benefits(self, query, uow):
        return benefits.list_my_benefits(query, uow)

    @command(schemas_benefits.ChangeClothingSize, schemas_benefits.Benefits)
    def change_clothing_size(self, command, uow):
        return benefits.change_clothing_size(command, uow)

    @command(schemas_pages.MakeCardPage, schemas_pages.PageToken)
    def make_card_page(self, command, uow):
        return pages.make_page(command, uow)

    @query(schemas_pages.ShowOwnCardPage, schemas_pages.PageToken)
    def show_own_card_page(self, query, uow):
        return pages.show_own_page(query, uow)

    @command(schemas_pages.CloseCardPage, EmptyAnswer)
    def close_card_page(self, command, uow):
        return pages.close_page(command, uow)

    @saga(schemas_pages.OpenCardPage, schemas_pages.CardPage)
    def open_card_page(self, command):
        return pages.open_page(command, self.unit_of_work, self.identity, self.attendance)

    @command(groups.ApplyAsGroup, groups.GroupApplication)
    def apply_as_group(self, command, uow):
        return group_proposals.apply_as_group(command, uow)

    @query(groups.ListGroups, groups.GroupApplicationPage)
    def list_groups(self, query, uow):
        return group_proposals.list_groups(query, uow)

    @command(groups.ChangeVisit, groups.GroupApplication)
    def change_visit(self, command, uow):
        return visit_reports.change_visit_by_unit(command, uow)

    @query(groups.ListProposals, groups.ProposalPage)
    def list_group_proposals(self, query, uow):
        return group_replies.list_proposals(query, uow)

    @command(groups.ConsentToGroup, groups.Proposal)
    def consent_to_group(self, command, uow):
        return group_replies.consent_to_group(command, uow)

    @command(groups.OneProposal, groups.Proposal)
    def refuse_group(self, command, uow):
        return group_replies.refuse_group(command, uow)

    @saga(groups.OneProposal, applications.Application)
    def apply_singly(self, command):
        return group_replies.apply_singly(command, self.unit_of_work, self.identity)

    # for banks

    @saga(partner.ReportStatus, partner.ReportTaken)
    def report_status(self, command):
        return signed_reports.report_status(command, self.unit_of_work, self.settings)

    @saga(groups.ReportVisit, groups.VisitReportTaken)
    def report_visit(self, command):
        return visit_reports.report_visit(command, self.unit_of_work, self.settings)

    @saga(exchange.RequestOwnReplay, exchange.Replay)
    def request_own_replay(self, command):
        return replaying.request_own_replay(command, self.unit_of_work, self.settings)

    @saga(exchange.FetchStatement, exchange.Statement)
    def fetch_statement(self, command):
        return reconciling.fetch_statement(command, self.unit_of_work, self.settings)

    @saga(exchange.HandInStatement, exchange.StatementCompared)
    def hand_in_statement(self, command):
        return reconciling.hand_in_statement(command, self.unit_of_work, self.settings)

    # for platform administrators

    @query(contacts.ListBranchContacts, contacts.BranchContactPage)
    def list_branch_contacts(self, query, uow):
        return branch_contacts.list_branch_contacts(query, uow)

    @query(contacts.ListBranchContacts, contacts.BranchContactPage)
    def list_former_contacts(self, query, uow):
        return branch_contacts.list_former_contacts(query, uow)

    @query(contacts.PreviewImport, contacts.ImportPreview)
    def preview_branch_contacts(self, query, uow):
        return branch_contacts.preview_import(query, uow)

    @command(contacts.ImportBranchContacts, contacts.BranchContactsImported)
    def import_branch_contacts(self, command, uow):
        return branch_contacts.import_branch_contacts(command, uow)

    @query(products.ListProductPeriods, products.ProductPeriodPage)
    def list_product_periods(self, query, uow):
        return product_periods.list_periods(query, uow)

    @command(products.OpenProductPeriod, products.ProductPeriod)
    def open_product_period(self, command, uow):
        return product_periods.open_period(command, uow)

    @command(products.EndProductPeriod, products.ProductPeriod)
    def end_product_period(self, command, uow):
        return product_periods.end_period(command, uow)

    @query(applications.ListApplications, applications.OverseenApplicationPage)
    def list_applications(self, query, uow):
        return overseeing.list_applications(query, uow)

    @query(applications.ListOverdueApplications, applications.OverseenApplicationPage)
    def list_overdue_applications(self, query, uow):
        return overseeing.list_overdue(query, uow)

    @query(partner.ListUnknownReports, partner.UnknownReportPage)
    def list_unknown_reports(self, query, uow):
        return reading.list_unknown_reports(query, uow)

    @query(partner.ListRefusedMessages, partner.RefusedMessagePage)
    def list_refused_messages(self, query, uow):
        return refused_messages.list_refused_messages(query, uow)

    @command(partner.RetryRefusedMessage, partner.RefusedMessage)
    def retry_refused_message(self, command, uow):
        return refused_messages.retry_refused_message(command, uow)

    @command(exchange.RequestReplay, exchange.Replay)
    def request_replay(self, command, uow):
        return replaying.request_replay(command, uow)

    @query(exchange.ListReplays, exchange.ReplayPage)
    def list_replays(self, query, uow):
        return replaying.list_replays(query, uow)

    @query(exchange.ShowStatement, exchange.Statement)
    def show_statement(self, query, uow):
        return reconciling.show_statement(query, uow)

    @query(exchange.ListReconciliations, exchange.ReconciliationPage)
    def list_reconciliations(self, query, uow):
        return reconciling.list_reconciliations(query, uow)

    @query(exchange.ListDifferences, exchange.DifferencePage)
    def list_differences(self, query, uow):
        return reconciling.list_differences(query, uow)

    @query(audit_reading.ListAuditLog, audit_reading.AuditLogPage)
    def list_audit_log(self, query, uow):
        return audit_reading.list_audit_log(query, uow)

    # what others tell, and what time brings

    @on(OrganizationChanged)
    def copy_organization(self, event, uow):
        uow.organizations.take_over(event.data, event.aggregate_version)

    @on(VolunteerChanged)
    def copy_volunteer(self, event, uow):
        copies.copy_volunteer(event, uow)

    @on(VolunteerErased)
    def erase_volunteer(self, event, uow):
        copies.erase_volunteer(event, uow)

    @on(ExportRequested)
    def export_person(self, event, uow):
        exporting.export_person(event, uow)

    @sweep(seconds=5)
    def seal_waiting_applications(self):
        routing.seal_waiting(self.unit_of_work, self.identity)

    @every(seconds=30)
    def look_after_applications(self, uow):
        looking_after.look_after_applications(uow)

    @every(seconds=30)
    def end_overdue_groups(self, uow):
        group_visits.end_overdue_groups(uow)

    @every(seconds=3600)
    def forget_old_records(self, uow):
        looking_after.forget_old_records(uow)

    @sweep(seconds=5)
    def replay_what_was_asked_for(self):
        replaying.replay_waiting(self.unit_of_work, self.identity)

    @every(seconds=3600)
    def forget_old_hand_overs(self, uow):
        handing_over.forget_old_hand_overs(uow)


SERVICE = CardService
