"""What the organizer decides about scans that were handed in later and could not count by themselves.

Accepting vouches for what a person on the spot can know: the place, the time, a clock that was wrong. What the rules
demand (accepted, verified in person, not revoked) nobody vouches for; and what is recorded already is corrected by an
objection or a supplement, not by another scan.
"""

from __future__ import annotations

from typing import Any

from services.attendance import commands, metrics
from services.attendance.domain import CURED_ELSEWHERE, VOUCHED_FOR, ConflictKind, Resolution
from services.attendance.errors import OwnScan, ScanConflictResolved, ScanConflictStands
from services.attendance.events import ScanConflictDecided
from services.attendance.models import OfflineScan
from services.attendance.repository import AttendanceUnitOfWork
from services.attendance.use_cases import hours
from services.attendance.use_cases.offline_scans import status_of, what_no_one_vouches_for, words_for
from services.attendance.use_cases.scanning import ROLES
from services.attendance.use_cases.settling import settle
from services.chassis.errors import NotFound


def list_scan_conflicts(query: commands.ListScanConflicts, uow: AttendanceUnitOfWork) -> dict[str, Any]:
    """An activity's conflicts for whoever runs its attendance, oldest first."""
    activity = uow.copies.activity(query.activity_id)
    uow.organizations.require(activity.organization_id, *ROLES)
    page = uow.page(
        uow.offline.conflicts(activity.id, query.status, uow.clock.now()),
        [OfflineScan.uploaded_at, OfflineScan.id],
        limit=query.limit,
        cursor=query.cursor,
        scope=f"scan-conflicts:{activity.id}:{query.status}",
    )
    return {"items": [_shown(uow, scan, name) for scan, name in page.items], "next_cursor": page.next_cursor}


def resolve_scan_conflict(command: commands.ResolveScanConflict, uow: AttendanceUnitOfWork) -> dict[str, Any]:
    """Let a scan count that the organizer vouches for, or dismiss it; either way with a reason, and never one's own."""
    scan = _decidable(uow, command.conflict_id)
    if scan.resolution == Resolution.DISMISSED or scan.conflict is None:
        raise ScanConflictResolved(status=status_of(uow, scan))
    kind = ConflictKind(scan.conflict)
    scan.resolution = (Resolution.ACCEPTED if command.accept else Resolution.DISMISSED).value
    scan.resolved_by = uow.caller.require_account()
    scan.resolved_at = uow.clock.now()
    scan.reason = command.reason
    scan.version += 1
    if command.accept:
        _accept(uow, scan, kind)
    uow.audit(
        f"scan_conflict.{scan.resolution}",
        f"scan:{scan.id}",
        volunteer_id=scan.volunteer_id,
        kind=kind.value,
        record_id=scan.record_id,
    )
    metrics.SCAN_CONFLICTS_RESOLVED.labels(scan.resolution).inc()
    event = ScanConflictDecided(
        conflict_id=scan.id,
        volunteer_id=scan.volunteer_id,
        activity_id=scan.activity_id,
        title=uow.copies.activity(scan.activity_id).title,
        accepted=command.accept,
        reason=command.reason,
    )
    uow.publish(event, version=scan.version)
    volunteer = uow.copies.lock_volunteer(scan.volunteer_id)
    return _shown(uow, scan, None if volunteer is None else volunteer.name)


def _decidable(uow: AttendanceUnitOfWork, scan_id: str) -> OfflineScan:
    """The scan under its volunteer's lock, if it is the caller's to decide; for anybody else there is none."""
    found = uow.offline.find(scan_id)
    if found is None or not uow.organizations.reaches(uow.copies.activity(found.activity_id).organization_id, *ROLES):
        raise NotFound(what="scan_conflict")
    volunteer = uow.copies.lock_volunteer(found.volunteer_id)
    own_account = volunteer is not None and volunteer.account_id == uow.caller.account_id
    if own_account or found.volunteer_id == uow.caller.volunteer_id:
        raise OwnScan()
    scan = uow.offline.find(scan_id)
    assert scan is not None
    return scan


def _accept(uow: AttendanceUnitOfWork, scan: OfflineScan, kind: ConflictKind) -> None:
    volunteer = uow.copies.lock_volunteer(scan.volunteer_id)
    stands = what_no_one_vouches_for(uow, volunteer, uow.copies.activity(scan.activity_id), scan)
    shift = uow.copies.shift(scan.shift_id)
    if stands is not None or shift is None or kind not in VOUCHED_FOR | CURED_ELSEWHERE:
        standing = kind if stands is None else stands[0]
        raise ScanConflictStands(kind=standing.value, why=words_for(standing, uow.caller.locale))
    scan.conflict, scan.facts, scan.surfaces_at = None, {}, None
    settle(uow, scan.volunteer_id, shift)
    hours.fill_days(uow, scan.volunteer_id)


def _shown(uow: AttendanceUnitOfWork, scan: OfflineScan, name: str | None) -> dict[str, Any]:
    acceptable = scan.conflict is not None and ConflictKind(scan.conflict) in VOUCHED_FOR | CURED_ELSEWHERE
    return {
        "conflict_id": scan.id,
        "activity_id": scan.activity_id,
        "shift_id": scan.shift_id,
        "volunteer_id": scan.volunteer_id,
        "name": name,
        "direction": scan.direction,
        "at": scan.at,
        "scanned_at": scan.scanned_at,
        "uploaded_at": scan.uploaded_at,
        "kind": scan.conflict,
        "facts": scan.facts,
        "acceptable": acceptable and scan.resolution is None,
        "status": status_of(uow, scan),
        "record_id": scan.record_id,
        "resolved_at": scan.resolved_at,
        "reason": scan.reason,
    }
