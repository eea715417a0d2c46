"""What attendance can be asked, as plain data; a module per topic."""

from __future__ import annotations

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
from services.attendance.commands.disclosure import (
    CorrectedTime,
    GetDisclosure,
    ListDisclosures,
    ListObjections,
    OpenDisclosure,
    ResolveObjection,
    SubmitObjection,
)
from services.attendance.commands.mine import GetServiceSummary, ListServiceRecords, RecountLedger
from services.attendance.commands.offline import KeptScan, ListScanConflicts, ResolveScanConflict, UploadScans
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

__all__ = [
    "CorrectedTime",
    "CountReviews",
    "DecideReview",
    "DecideReviews",
    "Decision",
    "EvidenceFile",
    "GetBatch",
    "GetCertificate",
    "GetDisclosure",
    "GetServiceSummary",
    "HandOutCertificates",
    "IssueCertificate",
    "KeptScan",
    "ListBatches",
    "ListCertificates",
    "ListDisclosures",
    "ListObjections",
    "ListReviewReasons",
    "ListReviews",
    "ListScanConflicts",
    "ListServiceRecords",
    "MaySeeUpload",
    "OpenDisclosure",
    "PrintCode",
    "RecountLedger",
    "RequestBatch",
    "ResolveObjection",
    "ResolveScanConflict",
    "ReviewHistory",
    "RevokeCertificate",
    "ScanCode",
    "ShowCode",
    "SubmitObjection",
    "SubmitSupplement",
    "UploadScans",
    "VerifyCertificate",
]
