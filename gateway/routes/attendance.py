"""What attendance answers: codes and scans, supplements, disclosure and objections, one's own hours."""

from __future__ import annotations

import asyncio
from typing import Any

from starlette.requests import Request as HttpRequest
from starlette.responses import Response

from gateway import qr
from gateway.endpoints import accepts
from gateway.evidence import describe_evidence
from gateway.routing import Route, Who
from services.attendance import errors
from services.attendance.schemas import anomalies, disclosure, mine, offline, reviews, scans
from services.chassis.errors import AlreadyDecided, NotFound

_DRAWN = {"image/png": qr.png, "image/svg+xml": qr.svg}


async def _draw_code(request: HttpRequest, answer: Any) -> Response | None:
    """The code as a picture, where the client asks for one."""
    media_type = accepts(request, *_DRAWN)
    if media_type is None:
        return None
    picture = await asyncio.to_thread(_DRAWN[media_type], answer["token"])
    return Response(picture, media_type=media_type, headers={"X-Valid-Until": answer["valid_until"]})


_SCANS, _SUPPLEMENTS, _DISCLOSURE, _MINE = ("attendance",), ("supplements",), ("disclosure",), ("my hours",)

_ANOMALIES = ("anomalies",)

ROUTES = [
    Route(
        "GET", "/activities/{activity_id}/shifts/{shift_id}/attendance-code", "attendance.show_code",
        request=scans.ShowCode, answer=scans.AttendanceCode, who=Who.ADMINISTRATOR, tags=_SCANS,
        render=_draw_code, formats=tuple(_DRAWN), errors=(errors.ActivityRevoked,),
        zh="签到、签退二维码", en="The sign-in or sign-out code to show now",
    ),
    Route(
        "GET", "/activities/{activity_id}/shifts/{shift_id}/static-attendance-code", "attendance.print_code",
        request=scans.PrintCode, answer=scans.PrintedCode, who=Who.ADMINISTRATOR, tags=_SCANS,
        render=_draw_code, formats=tuple(_DRAWN), errors=(errors.ActivityRevoked, errors.StaticCodeNotAllowed),
        zh="可张贴的纸质二维码（须在活动中启用）", en="A code to print and hang up, where the activity allows one",
    ),
    Route(
        "POST", "/attendance/scans", "attendance.scan_code",
        request=scans.ScanCode, answer=scans.ScannedRecord, who=Who.VOLUNTEER, tags=_SCANS,
        errors=(
            errors.CodeInvalid, errors.CodeExpired, errors.NonceReused, errors.NotAccepted, errors.NotVerifiedInPerson,
            errors.ActivityRevoked, errors.WrongTime, errors.OutsideFence, errors.AlreadySignedIn, errors.NotSignedIn,
            errors.TooManyPairs, errors.StaticCodeNotAllowed,
        ),
        zh="扫码签到、签退", en="Sign in or out by a scanned code",
    ),
    Route(
        "POST", "/attendance/offline-scans", "attendance.upload_scans",
        request=offline.UploadScans, answer=offline.UploadedScans, who=Who.VOLUNTEER, tags=_SCANS, deadline=10,
        zh="补传离线扫码（每条各有结果）", en="Hand in scans that the phone kept without network, each with its result",
    ),
    Route(
        "GET", "/activities/{activity_id}/scan-conflicts", "attendance.list_scan_conflicts",
        request=offline.ListScanConflicts, answer=offline.ScanConflictPage, who=Who.ADMINISTRATOR, tags=_SCANS,
        zh="待处理的离线扫码", en="Scans handed in later that could not count by themselves",
    ),
    Route(
        "POST", "/scan-conflicts/{conflict_id}/resolution", "attendance.resolve_scan_conflict",
        request=offline.ResolveScanConflict, answer=offline.ScanConflict, who=Who.ADMINISTRATOR, tags=_SCANS,
        errors=(errors.OwnScan, errors.ScanConflictResolved, errors.ScanConflictStands),
        zh="处理离线扫码", en="Let such a scan count, or dismiss it",
    ),
    Route(
        "POST", "/activities/{activity_id}/supplements", "attendance.submit_supplement",
        from_client=reviews.SupplementForm, request=reviews.SubmitSupplement, prepare=describe_evidence,
        answer=reviews.SubmittedSupplement, who=Who.ADMINISTRATOR, status=201, tags=_SUPPLEMENTS,
        errors=(errors.NotAccepted, errors.NotVerifiedInPerson, errors.OverlapsRecord, errors.ActivityRevoked),
        zh="补录服务时长", en="Ask the superior to count hours that could not be scanned",
    ),
    Route(
        "POST", "/activities/{activity_id}/disclosure", "attendance.open_disclosure",
        request=disclosure.OpenDisclosure, answer=disclosure.DisclosureSummary, who=Who.ADMINISTRATOR, status=201,
        tags=_DISCLOSURE, errors=(errors.ShiftsNotEnded, errors.OpenRecords, errors.NothingToDisclose),
        zh="开始时长公示", en="Disclose an activity's hours now",
    ),
    Route(
        "GET", "/disclosures", "attendance.list_disclosures",
        request=disclosure.ListDisclosures, answer=disclosure.DisclosurePage, who=Who.PUBLIC, tags=_DISCLOSURE,
        zh="时长公示列表", en="Disclosures, newest first",
    ),
    Route(
        "GET", "/activities/{activity_id}/disclosure", "attendance.get_disclosure",
        request=disclosure.GetDisclosure, answer=disclosure.Disclosure, who=Who.PUBLIC, tags=_DISCLOSURE,
        zh="活动时长公示", en="An activity's disclosed hours, with masked names",
    ),
    Route(
        "POST", "/activities/{activity_id}/objections", "attendance.submit_objection",
        request=disclosure.SubmitObjection, answer=disclosure.SubmittedObjection, who=Who.PUBLIC, status=201,
        strict=True, tags=_DISCLOSURE, errors=(errors.NotDisclosed,), zh="我有异议", en="Object to disclosed hours",
    ),
    Route(
        "GET", "/activities/{activity_id}/objections", "attendance.list_objections",
        request=disclosure.ListObjections, answer=disclosure.ObjectionPage, who=Who.ADMINISTRATOR, tags=_DISCLOSURE,
        zh="活动的异议", en="The objections to an activity's hours",
    ),
    Route(
        "POST", "/objections/{objection_id}/resolution", "attendance.resolve_objection",
        request=disclosure.ResolveObjection, answer=disclosure.ResolvedObjection, who=Who.ADMINISTRATOR,
        tags=_DISCLOSURE, errors=(errors.ObjectionAlreadyResolved, errors.AboutOneself, errors.OverlapsRecord),
        zh="处理异议", en="Uphold an objection and correct the record, or dismiss it",
    ),
    Route(
        "GET", "/organizations/{organization_id}/anomalies", "attendance.list_anomalies",
        request=anomalies.ListAnomalies, answer=anomalies.AnomalyPage, who=Who.ADMINISTRATOR, tags=_ANOMALIES,
        zh="异常情况", en="What looks wrong in an organization and those below it; it holds nothing back",
    ),
    Route(
        "POST", "/anomalies/{anomaly_id}/resolution", "attendance.resolve_anomaly",
        request=anomalies.ResolveAnomaly, answer=anomalies.Anomaly, who=Who.ADMINISTRATOR, tags=_ANOMALIES,
        errors=(NotFound, AlreadyDecided, errors.AboutOneself),
        zh="处理异常", en="Say what it was that looked wrong",
    ),
    Route(
        "GET", "/me/service-records", "attendance.list_service_records",
        request=mine.ListServiceRecords, answer=mine.ServiceRecordPage, who=Who.VOLUNTEER, tags=_MINE,
        zh="我的服务记录", en="One's own service records, newest first",
    ),
    Route(
        "GET", "/me/service-summary", "attendance.get_service_summary",
        request=mine.GetServiceSummary, answer=mine.ServiceSummary, who=Who.VOLUNTEER, tags=_MINE,
        zh="我的服务时长", en="One's own minutes by provenance, and the star",
    ),
    Route(
        "GET", "/attendance/recount", "attendance.recount_ledger",
        request=mine.RecountLedger, answer=mine.Recount, who=Who.PLATFORM, tags=_MINE, deadline=30,
        zh="核对时长账本", en="Prove the ledger: chains, totals and records",
    ),
]  # fmt: skip
