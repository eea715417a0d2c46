"""What attendance holds of a person: which rows of which tables (``services/chassis/personal_data.py``)."""

from __future__ import annotations

import sqlalchemy as sa

from services.attendance.models import (
    ActivityEvaluation,
    Anomaly,
    Appeal,
    Attainment,
    BatchMember,
    CertifiedService,
    Correction,
    CorrectionEvidence,
    DelegationCopy,
    EnrollmentCopy,
    Evidence,
    HeldHours,
    HoursTotal,
    LedgerEntry,
    MissingEntry,
    MissingEntryEvidence,
    Objection,
    OfflineScan,
    ReviewerCopy,
    Scan,
    ServiceCertificate,
    ServiceEvaluation,
    ServiceRecord,
    StarAward,
    Supplement,
    VolunteerCopy,
)
from services.chassis.personal_data import ACCOUNT, VOLUNTEER, Held

_OWN_SUPPLEMENTS = sa.select(Supplement.id).where(Supplement.volunteer_id == VOLUNTEER).scalar_subquery()
_OWN_CORRECTIONS = sa.select(Correction.id).where(Correction.volunteer_id == VOLUNTEER).scalar_subquery()
_OWN_CLAIMS = sa.select(MissingEntry.id).where(MissingEntry.volunteer_id == VOLUNTEER).scalar_subquery()
_OWN_CERTIFICATES = (
    sa.select(ServiceCertificate.id).where(ServiceCertificate.volunteer_id == VOLUNTEER).scalar_subquery()
)

PERSONAL_DATA = (
    Held(VolunteerCopy, VolunteerCopy.id == VOLUNTEER),
    Held(EnrollmentCopy, EnrollmentCopy.volunteer_id == VOLUNTEER),
    Held(ServiceRecord, ServiceRecord.volunteer_id == VOLUNTEER),
    Held(Scan, Scan.volunteer_id == VOLUNTEER),
    Held(OfflineScan, OfflineScan.volunteer_id == VOLUNTEER),
    Held(LedgerEntry, LedgerEntry.volunteer_id == VOLUNTEER),
    Held(HeldHours, HeldHours.volunteer_id == VOLUNTEER),
    Held(HoursTotal, HoursTotal.volunteer_id == VOLUNTEER),
    Held(StarAward, StarAward.volunteer_id == VOLUNTEER),
    Held(Supplement, Supplement.volunteer_id == VOLUNTEER),
    Held(Evidence, Evidence.supplement_id.in_(_OWN_SUPPLEMENTS)),
    Held(MissingEntry, MissingEntry.volunteer_id == VOLUNTEER),
    Held(MissingEntryEvidence, MissingEntryEvidence.missing_entry_id.in_(_OWN_CLAIMS)),
    Held(Correction, Correction.volunteer_id == VOLUNTEER),
    Held(CorrectionEvidence, CorrectionEvidence.correction_id.in_(_OWN_CORRECTIONS)),
    Held(ServiceCertificate, ServiceCertificate.volunteer_id == VOLUNTEER),
    Held(CertifiedService, CertifiedService.certificate_id.in_(_OWN_CERTIFICATES)),
    Held(BatchMember, BatchMember.volunteer_id == VOLUNTEER),
    Held(ActivityEvaluation, ActivityEvaluation.volunteer_id == VOLUNTEER),
    Held(ServiceEvaluation, ServiceEvaluation.volunteer_id == VOLUNTEER),
    Held(Anomaly, sa.or_(Anomaly.volunteer_id == VOLUNTEER, Anomaly.account_id == ACCOUNT)),
    Held(Attainment, Attainment.volunteer_id == VOLUNTEER),
    Held(Objection, Objection.account_id == ACCOUNT),
    Held(DelegationCopy, sa.or_(DelegationCopy.delegator_id == ACCOUNT, DelegationCopy.delegate_id == ACCOUNT)),
    Held(ReviewerCopy, ReviewerCopy.account_id == ACCOUNT),
    Held(Appeal, Appeal.account_id == ACCOUNT),
)
