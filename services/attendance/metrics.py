"""Attendance's figures. Label values come from code: outcomes are ``ok``, ``repeated`` or a refusal's code."""

from __future__ import annotations

from prometheus_client import Counter, Gauge

SCANS = Counter(
    "zhiyuan_attendance_scans",
    "Scans; outcome is `ok`, `repeated` (a nonce that came again) or the refusal's code",
    ["outcome"],
)
OFFLINE_SCANS = Counter(
    "zhiyuan_attendance_offline_scans",
    "Scans that were handed in later; outcome is `recorded`, `dismissed`, a conflict's kind or a refusal's code",
    ["outcome"],
)
SCAN_CONFLICTS_RESOLVED = Counter(
    "zhiyuan_attendance_scan_conflicts_resolved", "Conflicts of such scans: accepted or dismissed", ["decision"]
)
MINUTES_RECORDED = Counter(
    "zhiyuan_attendance_minutes_recorded", "Minutes of service added to the ledger", ["provenance"]
)
MINUTES_REVERSED = Counter(
    "zhiyuan_attendance_minutes_reversed", "Minutes of service taken back by reversing entries", ["provenance"]
)
MINUTES_HELD = Counter(
    "zhiyuan_attendance_minutes_held",
    "Minutes beyond what a day counts at once; band is who decides: `parent` or `province`",
    ["band"],
)
HELD_HOURS_DECIDED = Counter(
    "zhiyuan_attendance_held_hours_decided", "Held hours decided above: granted or refused", ["decision"]
)
SUPPLEMENTS_DECIDED = Counter(
    "zhiyuan_attendance_supplements_decided", "Supplements decided by superiors: approved or rejected", ["decision"]
)
MISSING_ENTRIES = Counter(
    "zhiyuan_attendance_missing_entries",
    "Hours that volunteers miss; step is `asked`, `confirmed` (it goes to the superior), `rejected` or `withdrawn`",
    ["step"],
)
CORRECTIONS = Counter(
    "zhiyuan_attendance_corrections",
    "Corrections of records; step is `requested`, `granted`, `refused`, `withdrawn` or `unasked` (by the organizer)",
    ["step"],
)
OBJECTIONS = Counter(
    "zhiyuan_attendance_objections", "Objections; step is `submitted`, `upheld` or `dismissed`", ["step"]
)
RECORD_DUTIES = Counter(
    "zhiyuan_attendance_record_duties",
    "Activities whose hours had to be recorded; status is `in_time`, `overdue`, `late` or `void` (revoked since)",
    ["status"],
)
APPEALS = Counter("zhiyuan_attendance_appeals", "Appeals; step is `submitted`, `upheld` or `dismissed`", ["step"])
CERTIFICATES = Counter(
    "zhiyuan_attendance_certificates",
    "Certificates of service; step is `issued`, `revoked`, `outdated` (hours taken back), `verified`, `not_verified`",
    ["step"],
)
EVALUATIONS = Counter("zhiyuan_attendance_evaluations", "Evaluations; of is `activity` or `service`", ["of"])
ATTAINMENTS = Counter(
    "zhiyuan_attendance_attainments",
    "Trainings and awards; kind is `training` or `award`, step `recorded` or `revoked`",
    ["kind", "step"],
)
ANOMALIES = Counter(
    "zhiyuan_attendance_anomalies",
    "What looks wrong, by kind; step is `found`, `explained` or `confirmed`",
    ["kind", "step"],
)
STARS_AWARDED = Counter("zhiyuan_attendance_stars_awarded", "Stars awarded", ["stars"])
OPEN_RECORDS = Gauge(
    "zhiyuan_attendance_open_records",
    "Volunteers who are signed in, forgotten sign-outs included; counted by the replica whose timer ran",
)
