"""What a volunteer asks to be corrected in their own records, and where it stands (民政部令67号).

Asking changes nothing: the record counts, is disclosed and confirmed as it would be, until somebody decides.
"""

from __future__ import annotations

from typing import Any

from services.attendance import commands, metrics
from services.attendance.domain import CORRECTABLE, CorrectionStatus
from services.attendance.errors import CorrectionWaiting, NotCorrectable
from services.attendance.models import ActivityCopy, Correction, CorrectionEvidence, ServiceRecord
from services.attendance.repository import AttendanceUnitOfWork
from services.attendance.use_cases import evidence
from services.attendance.use_cases.claimed_time import require_no_overlap
from services.attendance.use_cases.rewriting import faults_of_correction, locked_record
from services.attendance.use_cases.scanning import ROLES
from services.chassis.errors import IllegalTransition, Invalid, NotFound
from services.chassis.ids import new_id


def request_correction(command: commands.RequestCorrection, uow: AttendanceUnitOfWork) -> dict[str, Any]:
    """Say when one really served; the organization that recorded it decides."""
    volunteer_id = uow.caller.require_volunteer()
    if uow.records.get(command.record_id).volunteer_id != volunteer_id:
        raise NotFound(what="record")
    record = locked_record(uow, command.record_id)
    require_correctable(record)
    if uow.corrections.is_requested(record.id):
        raise CorrectionWaiting()
    faults = faults_of_correction(uow, record, command.time)
    if faults:
        raise Invalid(*faults)
    require_no_overlap(uow, volunteer_id, command.time, but=record.id)
    correction = Correction(
        id=new_id(),
        record_id=record.id,
        volunteer_id=volunteer_id,
        activity_id=record.activity_id,
        on_request=True,
        starts_at=command.starts_at,
        ends_at=command.ends_at,
        reason=command.reason,
        status=CorrectionStatus.REQUESTED.value,
        requested_by=uow.caller.require_account(),
        requested_at=uow.clock.now(),
        minutes_before=record.minutes,
        evidence=[CorrectionEvidence(**columns) for columns in evidence.columns_of(command.evidence)],
        version=1,
    )
    uow.corrections.add(correction)
    uow.audit(
        "correction.requested",
        f"correction:{correction.id}",
        record_id=record.id,
        evidence=[file.sha256 for file in correction.evidence],
    )
    metrics.CORRECTIONS.labels("requested").inc()
    return state_of(correction, record)


def require_correctable(record: ServiceRecord) -> None:
    """Raises ``NotCorrectable`` for a record that is open or frozen."""
    if record.status not in CORRECTABLE:
        raise NotCorrectable(status=record.status)


def withdraw_correction(command: commands.WithdrawCorrection, uow: AttendanceUnitOfWork) -> dict[str, Any]:
    """Ask no more; only one's own, and only while nobody has decided."""
    volunteer_id = uow.caller.require_volunteer()
    found = uow.corrections.find(command.correction_id)
    if found is None or found.volunteer_id != volunteer_id or not found.on_request:
        raise NotFound(what="correction")
    record = locked_record(uow, found.record_id)
    correction = uow.corrections.find(found.id)
    assert correction is not None
    if correction.status != CorrectionStatus.REQUESTED:
        raise IllegalTransition(current=correction.status, attempted=CorrectionStatus.WITHDRAWN.value)
    correction.status = CorrectionStatus.WITHDRAWN.value
    correction.version += 1
    uow.audit("correction.withdrawn", f"correction:{correction.id}", record_id=record.id)
    metrics.CORRECTIONS.labels("withdrawn").inc()
    return state_of(correction, record)


def state_of(correction: Correction, record: ServiceRecord) -> dict[str, Any]:
    """Where both stand now."""
    return {
        "correction_id": correction.id,
        "record_id": record.id,
        "status": correction.status,
        "record_status": record.status,
        "minutes": record.minutes,
    }


def list_my_corrections(query: commands.ListMyCorrections, uow: AttendanceUnitOfWork) -> dict[str, Any]:
    """The corrections of one's own records, those that nobody asked for among them; newest first."""
    volunteer_id = uow.caller.require_volunteer()
    page = uow.page(
        uow.corrections.listed(Correction.volunteer_id == volunteer_id),
        [(Correction.requested_at, "desc"), (Correction.id, "desc")],
        limit=query.limit,
        cursor=query.cursor,
        scope=f"my-corrections:{volunteer_id}",
    )
    return {"items": [shown(*row, used_elsewhere=set()) for row in page.items], "next_cursor": page.next_cursor}


def list_corrections(query: commands.ListCorrections, uow: AttendanceUnitOfWork) -> dict[str, Any]:
    """What waits to be decided (or was) in an organization and those below it, oldest first."""
    uow.organizations.require(query.organization_id, *ROLES)
    page = uow.page(
        uow.corrections.listed(
            uow.organizations.subtree(ActivityCopy.organization_id, query.organization_id),
            Correction.status == query.status,
        ),
        [Correction.requested_at, Correction.id],
        limit=query.limit,
        cursor=query.cursor,
        scope=f"corrections:{query.organization_id}:{query.status}",
    )
    used_elsewhere = evidence.find_used_elsewhere(uow, [correction for correction, *_ in page.items])
    items = [shown(*row, used_elsewhere=used_elsewhere) for row in page.items]
    return {"items": items, "next_cursor": page.next_cursor}


def shown(
    correction: Correction, record: ServiceRecord, title: str, name: str, *, used_elsewhere: set[str]
) -> dict[str, Any]:
    """A correction as whoever decides it sees it, and its volunteer; withdrawn, it has taken its files back."""
    return {
        **vars(correction),
        "correction_id": correction.id,
        "title": title,
        "name": name,
        "files": evidence.shown(
            [] if correction.status == CorrectionStatus.WITHDRAWN else correction.evidence, used_elsewhere
        ),
        "record_status": record.status,
        "record_starts_at": record.starts_at,
        "record_ends_at": record.ends_at,
        "record_minutes": record.minutes,
    }
