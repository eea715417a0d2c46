"""What attendance can be asked, as plain data; a module per topic."""

from __future__ import annotations

from services.attendance.commands.anomalies import ListAnomalies, ResolveAnomaly
from services.attendance.commands.appeals import DecideAppeal, ListAppeals, ListMyObjections, SubmitAppeal
from services.attendance.commands.certificates import (
    GetBatch,
    GetCertificate,
    HandOutCertificates,
    IssueCertificate,
    ListBatches,
    ListCertificates,
    RequestBatch,
    RevokeCertificate,
    VerifyCertificate,
)
from services.attendance.commands.confirmed import SumConfirmedHours
from services.attendance.commands.corrections import (
    AmendRecord,
    DecideCorrection,
    ListCorrections,
    ListMyCorrections,
    RequestCorrection,
    WithdrawCorrection,
)
from services.attendance.commands.disclosure import (
    CorrectedTime,
    GetDisclosure,
    ListDisclosures,
    ListObjections,
    OpenDisclosure,
    ResolveObjection,
    SubmitObjection,
)
from services.attendance.commands.duties import ListOverdueRecords
from services.attendance.commands.evaluations import (
    EvaluateActivity,
    EvaluateService,
    GetRating,
    ListActivityEvaluations,
    ListAttainments,
    ListMyEvaluations,
    RecordAward,
    RecordTraining,
    RevokeAttainment,
)
from services.attendance.commands.forgotten import EnterSignOut, EnterSignOuts, ListOpenRecords
from services.attendance.commands.mine import GetServiceSummary, ListServiceRecords, RecountLedger
from services.attendance.commands.missing_entries import (
    DecideMissingEntry,
    ListMissingEntries,
    ListMyMissingEntries,
    ReportMissingEntry,
    WithdrawMissingEntry,
)
from services.attendance.commands.offline import KeptScan, ListScanConflicts, ResolveScanConflict, UploadScans
from services.attendance.commands.punctuality import ListPunctuality, SumPunctuality
from services.attendance.commands.scans import PrintCode, ScanCode, ShowCode
from services.attendance.commands.supplements import (
    CountReviews,
    DecideReview,
    DecideReviews,
    Decision,
    EvidenceFile,
    ListReviewReasons,
    ListReviews,
    MaySeeUpload,
    ReviewHistory,
    SubmitSupplement,
)
from services.attendance.commands.watching import WatchAttendance

__all__ = [
    "AmendRecord",
    "CorrectedTime",
    "CountReviews",
    "DecideAppeal",
    "DecideCorrection",
    "DecideMissingEntry",
    "DecideReview",
    "DecideReviews",
    "Decision",
    "EnterSignOut",
    "EnterSignOuts",
    "EvaluateActivity",
    "EvaluateService",
    "EvidenceFile",
    "GetBatch",
    "GetCertificate",
    "GetDisclosure",
    "GetRating",
    "GetServiceSummary",
    "HandOutCertificates",
    "IssueCertificate",
    "KeptScan",
    "ListActivityEvaluations",
    "ListAnomalies",
    "ListAppeals",
    "ListAttainments",
    "ListBatches",
    "ListCertificates",
    "ListCorrections",
    "ListDisclosures",
    "ListMissingEntries",
    "ListMyCorrections",
    "ListMyEvaluations",
    "ListMyMissingEntries",
    "ListMyObjections",
    "ListObjections",
    "ListOpenRecords",
    "ListOverdueRecords",
    "ListPunctuality",
    "ListReviewReasons",
    "ListReviews",
    "ListScanConflicts",
    "ListServiceRecords",
    "MaySeeUpload",
    "OpenDisclosure",
    "PrintCode",
    "RecordAward",
    "RecordTraining",
    "RecountLedger",
    "ReportMissingEntry",
    "RequestBatch",
    "RequestCorrection",
    "ResolveAnomaly",
    "ResolveObjection",
    "ResolveScanConflict",
    "ReviewHistory",
    "RevokeAttainment",
    "RevokeCertificate",
    "ScanCode",
    "ShowCode",
    "SubmitAppeal",
    "SubmitObjection",
    "SubmitSupplement",
    "SumConfirmedHours",
    "SumPunctuality",
    "UploadScans",
    "VerifyCertificate",
    "WatchAttendance",
    "WithdrawCorrection",
    "WithdrawMissingEntry",
]
