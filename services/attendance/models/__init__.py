"""Attendance's tables, a module per topic: copies of what others own, records, the ledger, what is about them.

What must hold whatever the code does is in the database: a nonce counts once, a person's counted times do not overlap,
a volunteer is signed in once to a shift, the ledger only grows (by a trigger that only the first migration knows).
"""

from __future__ import annotations

from services.attendance.models.anomalies import Anomaly, AnomalyCursor
from services.attendance.models.base import ORGANIZATION_COPY, Base
from services.attendance.models.certificates import (
    BatchMember,
    CertificateBatch,
    CertifiedService,
    ServiceCertificate,
)
from services.attendance.models.copies import ActivityCopy, EnrollmentCopy, ShiftCopy, VolunteerCopy
from services.attendance.models.corrections import Correction, CorrectionEvidence
from services.attendance.models.disclosure import Appeal, Disclosure, Objection
from services.attendance.models.duties import RecordDuty
from services.attendance.models.evaluations import ActivityEvaluation, Attainment, ServiceEvaluation
from services.attendance.models.held_hours import HeldHours
from services.attendance.models.ledger import HoursTotal, LedgerEntry, StarAward
from services.attendance.models.missing_entries import MissingEntry, MissingEntryEvidence
from services.attendance.models.offline import OfflineScan
from services.attendance.models.records import Scan, ServiceRecord
from services.attendance.models.standing_in import DelegationCopy, ReviewerCopy
from services.attendance.models.supplements import Evidence, Supplement

__all__ = [
    "ORGANIZATION_COPY",
    "ActivityCopy",
    "ActivityEvaluation",
    "Anomaly",
    "AnomalyCursor",
    "Appeal",
    "Attainment",
    "Base",
    "BatchMember",
    "CertificateBatch",
    "CertifiedService",
    "Correction",
    "CorrectionEvidence",
    "DelegationCopy",
    "Disclosure",
    "EnrollmentCopy",
    "Evidence",
    "HeldHours",
    "HoursTotal",
    "LedgerEntry",
    "MissingEntry",
    "MissingEntryEvidence",
    "Objection",
    "OfflineScan",
    "RecordDuty",
    "ReviewerCopy",
    "Scan",
    "ServiceCertificate",
    "ServiceEvaluation",
    "ServiceRecord",
    "ShiftCopy",
    "StarAward",
    "Supplement",
    "VolunteerCopy",
]
