"""The Nameko service of attendance: parse, use case, dump."""

from __future__ import annotations

from services.activity.events import ActivityChanged, EnrollmentChanged
from services.attendance.repository import AttendanceUnitOfWork
from services.attendance.schemas import anomalies as anomaly_schemas
from services.attendance.schemas import (
    appeals,
    confirmed,
    corrections,
    disclosure,
    evaluations,
    held_hours,
    mine,
    offline,
    reviews,
    scans,
)
from services.attendance.schemas import certificates as papers
from services.attendance.schemas import duties as duty_schemas
from services.attendance.schemas import forgotten as open_records
from services.attendance.schemas import inbox as inboxes
from services.attendance.schemas import missing_entries as claims
from services.attendance.schemas import punctuality as reports
from services.attendance.schemas import watching as screens
from services.attendance.settings import AttendanceSettings
from services.attendance.use_cases import (
    anomalies,
    appeal_reviews,
    appealing,
    attainments,
    certificate_batches,
    certificates,
    confirmed_hours,
    copying,
    correcting,
    correction_reviews,
    deciding,
    disclosing,
    duties,
    evaluating,
    evidence,
    exporting,
    forgotten,
    held_reviews,
    missing_entries,
    missing_entry_reviews,
    my_hours,
    objecting,
    objection_reviews,
    offline_scans,
    punctuality,
    requesting_corrections,
    reviewing,
    scan_conflicts,
    scanning,
    standing_in,
    submitting_appeals,
    supplements,
    watching,
)
from services.chassis import audit_reading, uploads
from services.chassis.entrypoints import UnitsOfWork, command, every, on, query, sweep
from services.identity.events import ExportRequested, VolunteerChanged, VolunteerErased
from services.organization.events import AdministratorChanged, DelegationChanged, OrganizationChanged

TIMER_SECONDS = 3
"""How soon what is complete is disclosed, and what is undisputed confirmed. Each query has an index of its own."""


class AttendanceService:
    """Codes, scans, hours, supplements, disclosure, objections."""

    name = "attendance"
    settings_class = AttendanceSettings
    unit_of_work = UnitsOfWork(AttendanceUnitOfWork)

    @query(scans.ShowCode, scans.AttendanceCode)
    def show_code(self, query, uow):
        return scanning.show_code(query, uow)

    @query(screens.WatchAttendance, screens.AttendanceNow)
    def watch_attendance(self, query, uow):
        return watching.watch_attendance(query, uow)

    @command(scans.PrintCode, scans.PrintedCode)
    def print_code(self, command, uow):
        return scanning.print_code(command, uow)

    @command(scans.ScanCode, scans.ScannedRecord)
    def scan_code(self, command, uow):
        return scanning.scan_code(command, uow)

    @command(offline.UploadScans, offline.UploadedScans)
    def upload_scans(self, command, uow):
        return offline_scans.upload_scans(command, uow)

    @query(offline.ListScanConflicts, offline.ScanConflictPage)
    def list_scan_conflicts(self, query, uow):
        return scan_conflicts.list_scan_conflicts(query, uow)

    @command(offline.ResolveScanConflict, offline.ScanConflict)
    def resolve_scan_conflict(self, command, uow):
        return scan_conflicts.resolve_scan_conflict(command, uow)

    @query(open_records.ListOpenRecords, open_records.OpenRecordPage)
    def list_open_records(self, query, uow):
        return forgotten.list_open_records(query, uow)

    @command(open_records.EnterSignOut, open_records.EnteredSignOut)
    def enter_sign_out(self, command, uow):
        return forgotten.enter_sign_out(command, uow)

    @command(open_records.EnterSignOuts, open_records.SignOutResults)
    def enter_sign_outs(self, command, uow):
        return forgotten.enter_sign_outs(command, uow)

    @command(reviews.SubmitSupplement, reviews.SubmittedSupplement)
    def submit_supplement(self, command, uow):
        return supplements.submit_supplement(command, uow)

    @command(claims.ReportMissingEntry, claims.MissingEntryState)
    def report_missing_entry(self, command, uow):
        return missing_entries.report_missing_entry(command, uow)

    @command(claims.WithdrawMissingEntry, claims.MissingEntryState)
    def withdraw_missing_entry(self, command, uow):
        return missing_entries.withdraw_missing_entry(command, uow)

    @query(claims.ListMyMissingEntries, claims.MissingEntryPage)
    def list_my_missing_entries(self, query, uow):
        return missing_entries.list_my_missing_entries(query, uow)

    @query(claims.ListMissingEntries, claims.MissingEntryPage)
    def list_missing_entries(self, query, uow):
        return missing_entries.list_missing_entries(query, uow)

    @command(claims.DecideMissingEntry, claims.MissingEntryState)
    def decide_missing_entry(self, command, uow):
        return missing_entries.decide_missing_entry(command, uow)

    @query(reviews.ListReviews, reviews.SupplementReviewPage)
    def list_supplement_reviews(self, query, uow):
        return supplements.list_supplement_reviews(query, uow)

    @query(reviews.CountReviews, reviews.ReviewCounts)
    def count_reviews(self, query, uow):
        return reviewing.count_reviews(query, uow)

    @command(reviews.DecideReview, reviews.DecidedReview)
    def decide_supplement_review(self, command, uow):
        return deciding.decide_supplement_review(command, uow)

    @command(reviews.DecideReviews, reviews.DecisionResults)
    def decide_supplement_reviews(self, command, uow):
        return deciding.decide_supplement_reviews(command, uow)

    @query(reviews.ListReviewReasons, reviews.ReviewReasons)
    def list_review_reasons(self, query, uow):
        return reviewing.list_review_reasons(query, uow)

    @query(reviews.ReviewHistory, reviews.DecisionHistory)
    def supplement_review_history(self, query, uow):
        return reviewing.supplement_review_history(query, uow)

    @query(held_hours.ListHoursReviews, held_hours.HoursReviewPage)
    def list_hours_reviews(self, query, uow):
        return held_reviews.list_hours_reviews(query, uow)

    @command(held_hours.DecideHoursReview, reviews.DecidedReview)
    def decide_hours_review(self, command, uow):
        return held_reviews.decide_hours_review(command, uow)

    @command(held_hours.DecideHoursReviews, reviews.DecisionResults)
    def decide_hours_reviews(self, command, uow):
        return held_reviews.decide_hours_reviews(command, uow)

    @query(held_hours.HoursReviewHistory, reviews.DecisionHistory)
    def hours_review_history(self, query, uow):
        return held_reviews.hours_review_history(query, uow)

    @query(inboxes.ListInboxReviews, inboxes.CorrectionReviewPage)
    def list_correction_reviews(self, query, uow):
        return correction_reviews.list_correction_reviews(query, uow)

    @command(inboxes.DecideInboxReview, reviews.DecidedReview)
    def decide_correction_review(self, command, uow):
        return correction_reviews.decide_correction_review(command, uow)

    @query(inboxes.InboxReviewHistory, reviews.DecisionHistory)
    def correction_review_history(self, query, uow):
        return correction_reviews.correction_review_history(query, uow)

    @query(inboxes.ListInboxReviews, inboxes.MissingEntryReviewPage)
    def list_missing_entry_reviews(self, query, uow):
        return missing_entry_reviews.list_missing_entry_reviews(query, uow)

    @command(inboxes.DecideInboxReview, reviews.DecidedReview)
    def decide_missing_entry_review(self, command, uow):
        return missing_entry_reviews.decide_missing_entry_review(command, uow)

    @query(inboxes.InboxReviewHistory, reviews.DecisionHistory)
    def missing_entry_review_history(self, query, uow):
        return missing_entry_reviews.missing_entry_review_history(query, uow)

    @query(inboxes.ListInboxReviews, inboxes.ObjectionReviewPage)
    def list_objection_reviews(self, query, uow):
        return objection_reviews.list_objection_reviews(query, uow)

    @command(inboxes.DecideInboxReview, reviews.DecidedReview)
    def decide_objection_review(self, command, uow):
        return objection_reviews.decide_objection_review(command, uow)

    @query(inboxes.InboxReviewHistory, reviews.DecisionHistory)
    def objection_review_history(self, query, uow):
        return objection_reviews.objection_review_history(query, uow)

    @query(inboxes.ListInboxReviews, inboxes.AppealReviewPage)
    def list_appeal_reviews(self, query, uow):
        return appeal_reviews.list_appeal_reviews(query, uow)

    @command(inboxes.DecideInboxReview, reviews.DecidedReview)
    def decide_appeal_review(self, command, uow):
        return appeal_reviews.decide_appeal_review(command, uow)

    @query(inboxes.InboxReviewHistory, reviews.DecisionHistory)
    def appeal_review_history(self, query, uow):
        return appeal_reviews.appeal_review_history(query, uow)

    @query(duty_schemas.ListOverdueRecords, duty_schemas.OverdueActivityPage)
    def list_overdue_records(self, query, uow):
        return duties.list_overdue_records(query, uow)

    @query(reports.ListPunctuality, reports.AttendeePage)
    def list_punctuality(self, query, uow):
        return punctuality.list_punctuality(query, uow)

    @query(reports.SumPunctuality, reports.PunctualitySumsPage)
    def sum_punctuality(self, query, uow):
        return punctuality.sum_punctuality(query, uow)

    @query(uploads.UploadsInUse, uploads.UploadIds)
    def uploads_in_use(self, query, uow):
        return evidence.uploads_in_use(query, uow)

    @query(reviews.MaySeeUpload, reviews.UploadAccess)
    def may_see_upload(self, query, uow):
        return evidence.may_see_upload(query, uow)

    @command(corrections.RequestCorrection, corrections.CorrectionState)
    def request_correction(self, command, uow):
        return requesting_corrections.request_correction(command, uow)

    @command(corrections.WithdrawCorrection, corrections.CorrectionState)
    def withdraw_correction(self, command, uow):
        return requesting_corrections.withdraw_correction(command, uow)

    @query(corrections.ListMyCorrections, corrections.CorrectionPage)
    def list_my_corrections(self, query, uow):
        return requesting_corrections.list_my_corrections(query, uow)

    @query(corrections.ListCorrections, corrections.CorrectionPage)
    def list_corrections(self, query, uow):
        return requesting_corrections.list_corrections(query, uow)

    @command(corrections.DecideCorrection, corrections.CorrectionState)
    def decide_correction(self, command, uow):
        return correcting.decide_correction(command, uow)

    @command(corrections.AmendRecord, corrections.CorrectionState)
    def amend_record(self, command, uow):
        return correcting.amend_record(command, uow)

    @command(disclosure.OpenDisclosure, disclosure.DisclosureSummary)
    def open_disclosure(self, command, uow):
        return disclosing.open_disclosure(command, uow)

    @query(disclosure.ListDisclosures, disclosure.DisclosurePage)
    def list_disclosures(self, query, uow):
        return disclosing.list_disclosures(query, uow)

    @query(disclosure.GetDisclosure, disclosure.Disclosure)
    def get_disclosure(self, query, uow):
        return disclosing.get_disclosure(query, uow)

    @command(disclosure.SubmitObjection, disclosure.SubmittedObjection)
    def submit_objection(self, command, uow):
        return objecting.submit_objection(command, uow)

    @query(disclosure.ListObjections, disclosure.ObjectionPage)
    def list_objections(self, query, uow):
        return objecting.list_objections(query, uow)

    @command(disclosure.ResolveObjection, disclosure.ResolvedObjection)
    def resolve_objection(self, command, uow):
        return objecting.resolve_objection(command, uow)

    @query(appeals.ListMyObjections, appeals.MyObjectionPage)
    def list_my_objections(self, query, uow):
        return submitting_appeals.list_my_objections(query, uow)

    @command(appeals.SubmitAppeal, disclosure.Appeal)
    def submit_appeal(self, command, uow):
        return submitting_appeals.submit_appeal(command, uow)

    @query(appeals.ListAppeals, appeals.AppealPage)
    def list_appeals(self, query, uow):
        return appealing.list_appeals(query, uow)

    @command(appeals.DecideAppeal, disclosure.Appeal)
    def decide_appeal(self, command, uow):
        return appealing.decide_appeal(command, uow)

    @query(mine.ListServiceRecords, mine.ServiceRecordPage)
    def list_service_records(self, query, uow):
        return my_hours.list_service_records(query, uow)

    @query(mine.GetServiceSummary, mine.ServiceSummary)
    def get_service_summary(self, query, uow):
        return my_hours.get_service_summary(query, uow)

    @query(confirmed.SumConfirmedHours, confirmed.ConfirmedHours)
    def sum_confirmed_hours(self, query, uow):
        return confirmed_hours.sum_confirmed_hours(query, uow)

    @command(papers.IssueCertificate, papers.CertificateDocument)
    def issue_certificate(self, command, uow):
        return certificates.issue_certificate(command, uow)

    @query(papers.ListCertificates, papers.CertificatePage)
    def list_certificates(self, query, uow):
        return certificates.list_certificates(query, uow)

    @query(papers.GetCertificate, papers.CertificateDocument)
    def get_certificate(self, query, uow):
        return certificates.get_certificate(query, uow)

    @query(papers.VerifyCertificate, papers.VerifiedCertificate)
    def verify_certificate(self, query, uow):
        return certificates.verify_certificate(query, uow)

    @command(papers.RevokeCertificate, papers.Certificate)
    def revoke_certificate(self, command, uow):
        return certificates.revoke_certificate(command, uow)

    @command(papers.RequestBatch, papers.Batch)
    def request_certificate_batch(self, command, uow):
        return certificate_batches.request_batch(command, uow)

    @query(papers.ListBatches, papers.BatchPage)
    def list_certificate_batches(self, query, uow):
        return certificate_batches.list_batches(query, uow)

    @query(papers.GetBatch, papers.Batch)
    def get_certificate_batch(self, query, uow):
        return certificate_batches.get_batch(query, uow)

    @command(papers.HandOutCertificates, papers.BatchCertificatePage)
    def hand_out_certificates(self, command, uow):
        return certificate_batches.hand_out_certificates(command, uow)

    @command(evaluations.EvaluateActivity, evaluations.ActivityEvaluation)
    def evaluate_activity(self, command, uow):
        return evaluating.evaluate_activity(command, uow)

    @query(evaluations.GetRating, evaluations.Rating)
    def get_rating(self, query, uow):
        return evaluating.get_rating(query, uow)

    @query(evaluations.ListActivityEvaluations, evaluations.ActivityEvaluationPage)
    def list_activity_evaluations(self, query, uow):
        return evaluating.list_activity_evaluations(query, uow)

    @command(evaluations.EvaluateService, evaluations.ServiceEvaluation)
    def evaluate_service(self, command, uow):
        return evaluating.evaluate_service(command, uow)

    @query(evaluations.ListMyEvaluations, evaluations.MyEvaluationPage)
    def list_my_evaluations(self, query, uow):
        return evaluating.list_my_evaluations(query, uow)

    @command(evaluations.RecordTraining, evaluations.Attainment)
    def record_training(self, command, uow):
        return attainments.record_training(command, uow)

    @command(evaluations.RecordAward, evaluations.Attainment)
    def record_award(self, command, uow):
        return attainments.record_award(command, uow)

    @command(evaluations.RevokeAttainment, evaluations.Attainment)
    def revoke_attainment(self, command, uow):
        return attainments.revoke_attainment(command, uow)

    @query(evaluations.ListAttainments, evaluations.AttainmentPage)
    def list_attainments(self, query, uow):
        return attainments.list_attainments(query, uow)

    @query(anomaly_schemas.ListAnomalies, anomaly_schemas.AnomalyPage)
    def list_anomalies(self, query, uow):
        return anomalies.list_anomalies(query, uow)

    @command(anomaly_schemas.ResolveAnomaly, anomaly_schemas.Anomaly)
    def resolve_anomaly(self, command, uow):
        return anomalies.resolve_anomaly(command, uow)

    @query(mine.RecountLedger, mine.Recount)
    def recount_ledger(self, query, uow):
        return my_hours.recount_ledger(query, uow)

    @query(audit_reading.ListAuditLog, audit_reading.AuditLogPage)
    def list_audit_log(self, query, uow):
        return audit_reading.list_audit_log(query, uow)

    @on(OrganizationChanged)
    def copy_organization(self, event, uow):
        uow.organizations.take_over(event.data, event.aggregate_version)

    @on(AdministratorChanged)
    def copy_reviewer(self, event, uow):
        standing_in.copy_reviewer(event, uow)

    @on(DelegationChanged)
    def copy_delegation(self, event, uow):
        standing_in.copy_delegation(event, uow)

    @on(VolunteerChanged)
    def copy_volunteer(self, event, uow):
        copying.copy_volunteer(event, uow)

    @on(VolunteerErased)
    def erase_volunteer(self, event, uow):
        copying.erase_volunteer(event, uow)

    @on(ExportRequested)
    def export_person(self, event, uow):
        exporting.export_person(event, uow)

    @on(ActivityChanged)
    def copy_activity(self, event, uow):
        copying.copy_activity(event, uow)

    @on(EnrollmentChanged)
    def copy_enrollment(self, event, uow):
        copying.copy_enrollment(event, uow)

    @every(seconds=TIMER_SECONDS)
    def disclose_complete(self, uow):
        disclosing.disclose_complete(uow)

    @sweep(seconds=TIMER_SECONDS)
    def issue_batches(self):
        certificate_batches.work_on_batches(self.unit_of_work)

    @every(seconds=TIMER_SECONDS)
    def look_for_anomalies(self, uow):
        anomalies.look_for_anomalies(uow)

    @every(seconds=TIMER_SECONDS)
    def look_after_duties(self, uow):
        duties.look_after_duties(uow)

    @every(seconds=TIMER_SECONDS)
    def confirm_undisputed(self, uow):
        disclosing.confirm_undisputed(uow)


SERVICE = AttendanceService
