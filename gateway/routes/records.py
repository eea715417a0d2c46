"""Service records that are put right by hand: attendance's."""

from __future__ import annotations

from gateway.routing import Route, Who
from services.attendance import errors
from services.attendance.schemas import duties, forgotten
from services.chassis.errors import IllegalTransition, NotFound

_SIGN_OUTS, _OVERDUE = ("forgotten sign-outs",), ("overdue records",)

ROUTES = [
    Route(
        "GET", "/organizations/{organization_id}/open-records", "attendance.list_open_records",
        request=forgotten.ListOpenRecords, answer=forgotten.OpenRecordPage, who=Who.ADMINISTRATOR, tags=_SIGN_OUTS,
        zh="忘记签退的记录", en="Records that were left open in an organization and those below it",
    ),
    Route(
        "GET", "/organizations/{organization_id}/overdue-records", "attendance.list_overdue_records",
        request=duties.ListOverdueRecords, answer=duties.OverdueActivityPage, who=Who.ADMINISTRATOR, tags=_OVERDUE,
        zh="逾期未记录的活动", en="Activities of an organization and those below it whose hours are overdue",
    ),
    Route(
        "POST", "/service-records/{record_id}/sign-out", "attendance.enter_sign_out",
        request=forgotten.EnterSignOut, answer=forgotten.EnteredSignOut, who=Who.ADMINISTRATOR, tags=_SIGN_OUTS,
        errors=(
            NotFound, IllegalTransition, errors.AboutOneself, errors.ActivityRevoked, errors.SignOutStillTaken,
            errors.OverlapsRecord,
        ),
        zh="补记签退", en="Enter the sign-out that somebody forgot",
    ),
    Route(
        "POST", "/activities/{activity_id}/sign-outs", "attendance.enter_sign_outs",
        request=forgotten.EnterSignOuts, answer=forgotten.SignOutResults, who=Who.ADMINISTRATOR, tags=_SIGN_OUTS,
        deadline=10, zh="批量补记签退（每条各有结果）", en="Enter the same sign-out for many, each with its result",
    ),
]  # fmt: skip
