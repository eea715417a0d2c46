"""Scans that a phone without network kept, and hands in when it can (docs/adr/0026).

Whatever carries a signature of this platform is kept, also what cannot count: it is the organizer's to decide. The code
proves when it was shown, so its step is the time that counts; the phone's clock only says where in the step.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from services.attendance import commands, metrics
from services.attendance.codes import Code
from services.attendance.domain import ConflictKind, DisclosureStatus, Interval, Place, Resolution
from services.attendance.errors import CodeInvalid, NonceReused, NotAccepted
from services.attendance.models import ActivityCopy, OfflineScan, Scan, ShiftCopy, VolunteerCopy
from services.attendance.repository import AttendanceUnitOfWork
from services.attendance.use_cases import hours
from services.attendance.use_cases.scanning import REVOKED, fence_of, is_suspended, window_of
from services.attendance.use_cases.settling import settle
from services.chassis.clock import SHANGHAI
from services.chassis.errors import AppError
from services.chassis.ids import new_id

Against = tuple[ConflictKind, dict[str, Any]]
"""What stands against a scan by itself, and with which figures."""


def upload_scans(command: commands.UploadScans, uow: AttendanceUnitOfWork) -> dict[str, Any]:
    """Keep each scan once, put them together, and say what has come of each. The same scans again change nothing."""
    volunteer_id = uow.caller.require_volunteer()
    volunteer = uow.copies.lock_volunteer(volunteer_id)
    kept = [_keep(uow, volunteer, volunteer_id, item) for item in command.scans]
    for shift_id in sorted({scan.shift_id for scan in kept if isinstance(scan, OfflineScan)}):
        shift = uow.copies.shift(shift_id)
        if shift is not None:
            settle(uow, volunteer_id, shift)
    hours.fill_days(uow, volunteer_id)
    items = [_result(uow, item.nonce, scan) for item, scan in zip(command.scans, kept, strict=True)]
    for item in items:
        metrics.OFFLINE_SCANS.labels(item["error"]["code"] if item["error"] else item["status"]).inc()
    return {"items": items}


def _keep(
    uow: AttendanceUnitOfWork, volunteer: VolunteerCopy | None, volunteer_id: str, item: commands.KeptScan
) -> OfflineScan | Scan | AppError:
    """The scan as it is kept; the one that came with this nonce before, at once or later; or why it is refused."""
    try:
        code: Code = uow.settings.codes.read(item.token)
    except CodeInvalid as refusal:
        return refusal
    before = uow.offline.with_nonce(volunteer_id, item.nonce) or uow.records.scan_with(volunteer_id, item.nonce)
    if before is not None:
        same = (before.shift_id, before.direction) == (code.shift_id, code.direction)
        return before if same else NonceReused()
    shift = uow.copies.shift(code.shift_id)
    if shift is None:
        return NotAccepted()  # a shift that was removed: nobody had enrolled for it, and no organizer has it in a list
    proved = uow.settings.codes.shown_during(code)
    scan = OfflineScan(
        id=new_id(),
        volunteer_id=volunteer_id,
        nonce=item.nonce,
        activity_id=shift.activity_id,
        shift_id=shift.id,
        direction=code.direction.value,
        printed=code.printed,
        at=item.scanned_at if proved is None else min(max(item.scanned_at, proved.starts_at), proved.ends_at),
        scanned_at=item.scanned_at,
        latitude=item.location.latitude if item.location else None,
        longitude=item.location.longitude if item.location else None,
        device=uow.settings.digest_of_device(item.device),
        uploaded_at=uow.clock.now(),
        facts={},
        version=1,
    )
    against = _against(uow, volunteer, shift, scan, proved)
    if against is not None:
        scan.conflict, scan.facts, scan.surfaces_at = against[0].value, against[1], scan.uploaded_at
    uow.offline.add(scan)
    return scan


def _against(
    uow: AttendanceUnitOfWork,
    volunteer: VolunteerCopy | None,
    shift: ShiftCopy,
    scan: OfflineScan,
    proved: Interval | None,
) -> Against | None:
    """The first thing that stands against a scan by itself; what nobody can vouch for comes first."""
    activity = uow.copies.activity(shift.activity_id)
    return (
        what_no_one_vouches_for(uow, volunteer, activity, scan)
        or _against_the_time(uow, scan, proved)
        or _against_the_moment(uow, shift, scan)
        or _against_the_place(activity, scan)
        or _against_what_is_closed(uow, activity, scan)
    )


def what_no_one_vouches_for(
    uow: AttendanceUnitOfWork, volunteer: VolunteerCopy | None, activity: ActivityCopy, scan: OfflineScan
) -> Against | None:
    """What must be put right elsewhere before a scan can count."""
    if is_suspended(volunteer) or not uow.copies.is_accepted(scan.volunteer_id, scan.shift_id):
        return ConflictKind.NOT_ACCEPTED, {}
    if volunteer is None or not volunteer.verified_in_person:
        return ConflictKind.NOT_VERIFIED_IN_PERSON, {}
    if activity.status == REVOKED:
        return ConflictKind.ACTIVITY_REVOKED, {}
    if scan.printed and not activity.static_codes_allowed:
        return ConflictKind.STATIC_CODE_NOT_ALLOWED, {}
    return None


def _against_the_time(uow: AttendanceUnitOfWork, scan: OfflineScan, proved: Interval | None) -> Against | None:
    if proved is None:
        return ConflictKind.TIME_UNPROVED, {}
    step = proved.ends_at - proved.starts_at
    near = Interval(proved.starts_at - step, proved.ends_at + step)
    if not near.starts_at <= scan.scanned_at < near.ends_at or proved.starts_at > uow.clock.now() + step:
        off_by = (scan.scanned_at - proved.starts_at).total_seconds()
        return ConflictKind.CLOCK_CONTRADICTS, {"seconds": round(off_by)}
    hours = uow.settings.offline_scan_hours
    if uow.clock.now() - scan.at > timedelta(hours=hours):
        return ConflictKind.TOO_LATE, {"hours": hours}
    return None


def _against_the_moment(uow: AttendanceUnitOfWork, shift: ShiftCopy, scan: OfflineScan) -> Against | None:
    window = window_of(uow, scan.direction, shift)
    if window.starts_at <= scan.at < window.ends_at:
        return None
    times = {"opens_at": window.starts_at, "closes_at": window.ends_at}
    return ConflictKind.WRONG_TIME, {name: at.astimezone(SHANGHAI).isoformat() for name, at in times.items()}


def _against_the_place(activity: ActivityCopy, scan: OfflineScan) -> Against | None:
    fence = fence_of(activity)
    place = None if scan.latitude is None or scan.longitude is None else Place(scan.latitude, scan.longitude)
    if fence is None or fence.holds(place):
        return None
    away = None if place is None else round(fence.centre.metres_to(place))
    return ConflictKind.OUTSIDE_FENCE, {"metres": fence.metres, "away": away}


def _against_what_is_closed(uow: AttendanceUnitOfWork, activity: ActivityCopy, scan: OfflineScan) -> Against | None:
    """While hours are disclosed, a late record joins them; afterwards the others are confirmed."""
    disclosure = uow.disclosures.find(activity.id)
    if disclosure is None:
        return None
    if disclosure.status == DisclosureStatus.OPEN and disclosure.closes_at > uow.clock.now():
        return None
    return ConflictKind.AFTER_DISCLOSURE, {"closed_at": disclosure.closes_at.astimezone(SHANGHAI).isoformat()}


def status_of(uow: AttendanceUnitOfWork, scan: OfflineScan) -> str:
    """Where a scan stands: ``recorded``, ``dismissed``, ``waiting`` or ``conflict``."""
    if scan.record_id is not None:
        return "recorded"
    if scan.resolution == Resolution.DISMISSED:
        return "dismissed"
    waits = scan.surfaces_at is not None and scan.surfaces_at > uow.clock.now()
    return "waiting" if waits else "conflict"


def _result(uow: AttendanceUnitOfWork, nonce: str, scan: OfflineScan | Scan | AppError) -> dict[str, Any]:
    result: dict[str, Any] = {"nonce": nonce, "status": "refused", "conflict_id": None, "record": None, "error": None}
    if isinstance(scan, AppError):
        return result | {"error": {"code": scan.code, "detail": scan.detail(uow.caller.locale)}}
    if isinstance(scan, Scan):
        return result | {"status": "recorded", "record": uow.records.get(scan.record_id)}
    status = status_of(uow, scan)
    if scan.record_id is not None:
        return result | {"status": status, "record": uow.records.get(scan.record_id)}
    assert scan.conflict is not None
    detail = words_for(ConflictKind(scan.conflict), uow.caller.locale)
    return result | {"status": status, "conflict_id": scan.id, "error": {"code": scan.conflict, "detail": detail}}


_WORDS = {
    ConflictKind.CLOCK_CONTRADICTS: ("手机时间与二维码时间不符。", "The phone's clock contradicts the code."),
    ConflictKind.TIME_UNPROVED: (
        "纸质二维码不能证明离线扫码的时间。",
        "A printed code does not prove when it was scanned.",
    ),
    ConflictKind.TOO_LATE: ("上传过晚。", "It was handed in too late."),
    ConflictKind.NOT_ACCEPTED: ("未被该班次录用。", "Not accepted for this shift."),
    ConflictKind.NOT_VERIFIED_IN_PERSON: ("尚未面验。", "Not verified in person."),
    ConflictKind.ACTIVITY_REVOKED: ("该活动已撤销。", "The activity was revoked."),
    ConflictKind.STATIC_CODE_NOT_ALLOWED: ("该活动未启用纸质二维码。", "The activity takes no printed codes."),
    ConflictKind.WRONG_TIME: ("不在扫码时间内。", "Scanned outside the time for it."),
    ConflictKind.OUTSIDE_FENCE: (
        "不在活动地点，或未提供位置。",
        "Not at the place of the activity, or the place is not known.",
    ),
    ConflictKind.AFTER_DISCLOSURE: ("该活动的时长公示已结束。", "The activity's hours are confirmed already."),
    ConflictKind.ALREADY_SIGNED_IN: ("此时已签到。", "Signed in already at that time."),
    ConflictKind.NOT_SIGNED_IN: ("没有对应的签到。", "There is no sign-in that it could close."),
    ConflictKind.TOO_MANY_PAIRS: ("当日签到次数已满。", "Signed in too many times that day."),
    ConflictKind.OVERLAPS_RECORD: ("与已有服务记录重叠。", "Overlaps another service record."),
}


def words_for(kind: ConflictKind, locale: str) -> str:
    """A kind in a sentence."""
    zh, en = _WORDS[kind]
    return en if locale == "en" else zh
