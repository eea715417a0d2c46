"""Service records that are put right by hand: attendance's."""

from __future__ import annotations

from gateway.evidence import describe_evidence
from gateway.routing import Route, Who
from services.attendance import errors
from services.attendance.schemas import (
    appeals,
    corrections,
    disclosure,
    duties,
    forgotten,
    missing_entries,
    punctuality,
)
from services.chassis.errors import AlreadyDecided, IllegalTransition, NotFound

_SIGN_OUTS, _OVERDUE, _MISSING = ("forgotten sign-outs",), ("overdue records",), ("missing hours",)
_CORRECTIONS, _APPEALS, _PUNCTUALITY = ("corrections",), ("appeals",), ("punctuality",)

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
        "GET", "/activities/{activity_id}/punctuality", "attendance.list_punctuality",
        request=punctuality.ListPunctuality, answer=punctuality.AttendeePage, who=Who.ADMINISTRATOR,
        tags=_PUNCTUALITY, errors=(NotFound,),
        zh="活动考勤：迟到、早退、补记签退、未签退、缺席",
        en="Who came late, left early, was signed out by hand or not at all, or was absent, by shift",
    ),
    Route(
        "GET", "/organizations/{organization_id}/punctuality", "attendance.sum_punctuality",
        request=punctuality.SumPunctuality, answer=punctuality.PunctualitySumsPage, who=Who.ADMINISTRATOR,
        tags=_PUNCTUALITY, deadline=10,
        zh="各组织考勤汇总", en="How many were late, left early or absent, for an organization and each below it",
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
    Route(
        "POST", "/service-records/{record_id}/corrections", "attendance.request_correction",
        from_client=corrections.CorrectionForm, request=corrections.RequestCorrection, prepare=describe_evidence,
        answer=corrections.CorrectionState, who=Who.VOLUNTEER, status=201, tags=_CORRECTIONS,
        errors=(NotFound, errors.NotCorrectable, errors.CorrectionWaiting, errors.OverlapsRecord),
        zh="申请更正服务时长", en="Ask that one's own record be corrected",
    ),
    Route(
        "GET", "/me/corrections", "attendance.list_my_corrections",
        request=corrections.ListMyCorrections, answer=corrections.CorrectionPage, who=Who.VOLUNTEER,
        tags=_CORRECTIONS, zh="我的更正", en="Corrections of one's own records, asked for or not, newest first",
    ),
    Route(
        "POST", "/corrections/{correction_id}/withdrawal", "attendance.withdraw_correction",
        request=corrections.WithdrawCorrection, answer=corrections.CorrectionState, who=Who.VOLUNTEER,
        tags=_CORRECTIONS, errors=(NotFound, IllegalTransition),
        zh="撤回更正申请", en="Ask no more for a correction that nobody has decided",
    ),
    Route(
        "GET", "/organizations/{organization_id}/corrections", "attendance.list_corrections",
        request=corrections.ListCorrections, answer=corrections.CorrectionPage, who=Who.ADMINISTRATOR,
        tags=_CORRECTIONS, zh="待处理的更正申请", en="Corrections that wait in an organization and those below it",
    ),
    Route(
        "POST", "/corrections/{correction_id}/decision", "attendance.decide_correction",
        request=corrections.DecideCorrection, answer=corrections.CorrectionState, who=Who.ADMINISTRATOR,
        tags=_CORRECTIONS,
        errors=(NotFound, AlreadyDecided, errors.AboutOneself, errors.NotCorrectable, errors.OverlapsRecord),
        zh="处理更正申请", en="Grant a correction, with another time if that is true; or refuse it, and say why",
    ),
    Route(
        "POST", "/service-records/{record_id}/amendments", "attendance.amend_record",
        request=corrections.AmendRecord, answer=corrections.CorrectionState, who=Who.ADMINISTRATOR, status=201,
        tags=_CORRECTIONS, errors=(NotFound, errors.AboutOneself, errors.NotCorrectable, errors.OverlapsRecord),
        zh="主动更正服务时长", en="Correct a record of one's own accord, with a reason",
    ),
    Route(
        "GET", "/me/objections", "attendance.list_my_objections",
        request=appeals.ListMyObjections, answer=appeals.MyObjectionPage, who=Who.SIGNED_IN, tags=_APPEALS,
        zh="与我有关的异议", en="What one objected to, and objections to one's own records; until when one may appeal",
    ),
    Route(
        "POST", "/objections/{objection_id}/appeal", "attendance.submit_appeal",
        request=appeals.SubmitAppeal, answer=disclosure.Appeal, who=Who.SIGNED_IN, status=201, tags=_APPEALS,
        errors=(NotFound, errors.NothingToAppeal, errors.AppealTooLate, errors.AlreadyAppealed),
        zh="对异议处理结果申诉", en="Appeal against what came of an objection; once a case",
    ),
    Route(
        "GET", "/organizations/{organization_id}/appeals", "attendance.list_appeals",
        request=appeals.ListAppeals, answer=appeals.AppealPage, who=Who.ADMINISTRATOR, tags=_APPEALS,
        zh="待处理的申诉", en="Appeals from the organizations below",
    ),
    Route(
        "POST", "/appeals/{appeal_id}/decision", "attendance.decide_appeal",
        request=appeals.DecideAppeal, answer=disclosure.Appeal, who=Who.ADMINISTRATOR, tags=_APPEALS,
        errors=(
            NotFound, AlreadyDecided, errors.SuperiorDecides, errors.OwnDecision, errors.AboutOneself,
            errors.OverlapsRecord,
        ),
        zh="处理申诉", en="Decide an appeal, finally",
    ),
    Route(
        "POST", "/activities/{activity_id}/missing-entries", "attendance.report_missing_entry",
        from_client=missing_entries.MissingEntryForm, request=missing_entries.ReportMissingEntry,
        prepare=describe_evidence, answer=missing_entries.MissingEntryState, who=Who.VOLUNTEER, status=201,
        tags=_MISSING,
        errors=(
            errors.NotAccepted, errors.NotVerifiedInPerson, errors.ActivityRevoked, errors.MissingEntryWaiting,
            errors.OverlapsRecord,
        ),
        zh="申报漏记的服务时长", en="Say that one served, when, and who saw it; with files, if there are any",
    ),
    Route(
        "GET", "/me/missing-entries", "attendance.list_my_missing_entries",
        request=missing_entries.ListMyMissingEntries, answer=missing_entries.MissingEntryPage, who=Who.VOLUNTEER,
        tags=_MISSING, zh="我申报的漏记时长", en="What one misses oneself, newest first",
    ),
    Route(
        "POST", "/missing-entries/{missing_entry_id}/withdrawal", "attendance.withdraw_missing_entry",
        request=missing_entries.WithdrawMissingEntry, answer=missing_entries.MissingEntryState, who=Who.VOLUNTEER,
        tags=_MISSING, errors=(NotFound, IllegalTransition),
        zh="撤回漏记申报", en="Ask no more for hours that nobody has answered for",
    ),
    Route(
        "GET", "/organizations/{organization_id}/missing-entries", "attendance.list_missing_entries",
        request=missing_entries.ListMissingEntries, answer=missing_entries.MissingEntryPage, who=Who.ADMINISTRATOR,
        tags=_MISSING, zh="待核实的漏记时长", en="Hours that volunteers miss in an organization and those below it",
    ),
    Route(
        "POST", "/missing-entries/{missing_entry_id}/decision", "attendance.decide_missing_entry",
        from_client=missing_entries.MissingEntryDecision, request=missing_entries.DecideMissingEntry,
        prepare=describe_evidence, answer=missing_entries.MissingEntryState, who=Who.ADMINISTRATOR, tags=_MISSING,
        errors=(
            NotFound, AlreadyDecided, errors.AboutOneself, errors.NotAccepted, errors.NotVerifiedInPerson,
            errors.OverlapsRecord, errors.ActivityRevoked,
        ),
        zh="核实漏记时长", en="Confirm missing hours, so that the superior decides about them; or reject them",
    ),
]  # fmt: skip
