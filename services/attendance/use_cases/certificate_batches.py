"""Certificates for many at once, for the organization that they served.

A batch certifies only what was served for that organization and those below it: the organization recorded those hours
itself. What somebody has done elsewhere is theirs to show. Each person's certificate is a transaction of its own.
"""

from __future__ import annotations

from typing import Any

from services.attendance import commands
from services.attendance.domain.certificates import MOST_MEMBERS, MemberStatus
from services.attendance.errors import BatchStillRunning, BatchTooLarge, NothingToCertify, TooManyServices
from services.attendance.models import CertificateBatch, ServiceCertificate, ServiceRecord
from services.attendance.repository import AttendanceUnitOfWork
from services.attendance.repository.certificates import Wanted
from services.attendance.use_cases.certificates import issue, shown
from services.attendance.use_cases.scanning import ROLES
from services.chassis.errors import NotFound
from services.chassis.ids import new_id
from services.chassis.logs import get_logger

log = get_logger(__name__)

CLAIMED_AT_ONCE = 50
_CLAIM_SECONDS = 60


def request_batch(command: commands.RequestBatch, uow: AttendanceUnitOfWork) -> dict[str, Any]:
    """Whoever has confirmed hours there gets a certificate, soon; answers how many that will be."""
    uow.organizations.require(command.organization_id, *ROLES)
    batch = CertificateBatch(
        id=new_id(),
        organization_id=command.organization_id,
        activity_id=command.activity_id,
        from_day=command.from_day,
        to_day=command.to_day,
        requested_by=uow.caller.require_account(),
        requested_at=uow.clock.now(),
    )
    volunteer_ids = uow.batches.volunteers_of(_wanted(uow, batch), command.volunteer_ids, MOST_MEMBERS + 1)
    if not volunteer_ids:
        raise NothingToCertify()
    if len(volunteer_ids) > MOST_MEMBERS:
        raise BatchTooLarge(limit=MOST_MEMBERS)
    uow.batches.add(batch, volunteer_ids)
    uow.audit(
        "certificates.requested", f"organization:{batch.organization_id}", batch_id=batch.id, members=len(volunteer_ids)
    )
    return _progress(batch, {MemberStatus.WAITING.value: len(volunteer_ids)})


def _wanted(uow: AttendanceUnitOfWork, batch: CertificateBatch) -> Wanted:
    own = uow.organizations.subtree(ServiceRecord.organization_id, batch.organization_id)
    return Wanted(batch.from_day, batch.to_day, batch.activity_id, own)


def list_batches(query: commands.ListBatches, uow: AttendanceUnitOfWork) -> dict[str, Any]:
    """An organization's batches, newest first."""
    uow.organizations.require(query.organization_id, *ROLES)
    page = uow.page(
        uow.batches.of_organization(query.organization_id),
        [(CertificateBatch.requested_at, "desc"), (CertificateBatch.id, "desc")],
        limit=query.limit,
        cursor=query.cursor,
        scope=f"certificate-batches:{query.organization_id}",
    )
    counts = uow.batches.counts([batch.id for batch in page.items])
    return {"items": [_progress(batch, counts[batch.id]) for batch in page.items], "next_cursor": page.next_cursor}


def get_batch(query: commands.GetBatch, uow: AttendanceUnitOfWork) -> dict[str, Any]:
    """How far a batch has come."""
    batch = _reachable(uow, query.batch_id)
    return _progress(batch, uow.batches.counts([batch.id])[batch.id])


def _reachable(uow: AttendanceUnitOfWork, batch_id: str) -> CertificateBatch:
    batch = uow.batches.find(batch_id)
    if batch is None or not uow.organizations.reaches(batch.organization_id, *ROLES):
        raise NotFound(what="batch")
    return batch


def _progress(batch: CertificateBatch, counts: dict[str, int]) -> dict[str, Any]:
    return {
        **vars(batch),
        "batch_id": batch.id,
        "status": "running" if counts.get(MemberStatus.WAITING) else "done",
        "members": sum(counts.values()),
        "issued": counts.get(MemberStatus.ISSUED, 0),
        "nothing": counts.get(MemberStatus.NOTHING, 0),
    }


def hand_out_certificates(command: commands.HandOutCertificates, uow: AttendanceUnitOfWork) -> dict[str, Any]:
    """A page of the valid certificates of a batch, with names in clear: who took them stays on record."""
    batch = _reachable(uow, command.batch_id)
    waiting = uow.batches.counts([batch.id])[batch.id].get(MemberStatus.WAITING, 0)
    if waiting:
        raise BatchStillRunning(waiting=waiting)
    page = uow.page(
        uow.certificates.of_batch(batch.id),
        [ServiceCertificate.serial],
        limit=command.limit,
        cursor=command.cursor,
        scope=f"batch-certificates:{batch.id}",
    )
    uow.audit("certificates.handed_out", f"batch:{batch.id}", certificates=len(page.items))
    return {"items": shown(uow, page.items), "next_cursor": page.next_cursor}


def work_on_batches(units: Any) -> int:
    """The sweep: issue what waits; answers how many. A failure is somebody's own, and is tried again in a minute."""
    with units() as uow:
        claimed = uow.batches.claim(uow.clock.now(), CLAIMED_AT_ONCE, _CLAIM_SECONDS)
    issued = 0
    for batch_id, volunteer_id in claimed:
        try:
            with units() as uow:
                issued += _issue(uow, batch_id, volunteer_id)
        except Exception:
            log.warning("certificate_failed", batch_id=batch_id, exc_info=True)
    return issued


def _issue(uow: AttendanceUnitOfWork, batch_id: str, volunteer_id: str) -> bool:
    volunteer = uow.copies.lock_volunteer(volunteer_id)
    member, batch = uow.batches.lock_member(batch_id, volunteer_id), uow.batches.find(batch_id)
    if volunteer is None or member is None or batch is None:
        return False
    try:
        issue(uow, volunteer, _wanted(uow, batch), organization_id=batch.organization_id, batch_id=batch.id)
    except (NothingToCertify, TooManyServices):
        member.status = MemberStatus.NOTHING.value
        return False
    member.status = MemberStatus.ISSUED.value
    return True
