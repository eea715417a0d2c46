"""Objections to disclosed hours, and what comes of them (notice, attachment 2, 二.8).

An objection freezes only its own record. Upheld, the ledger gets a reversing entry and, where another time is true, the
entry of that; nothing that was written is changed.
"""

from __future__ import annotations

from typing import Any

from services.attendance import commands, metrics
from services.attendance.domain import (
    OBJECTIONABLE,
    DisclosureStatus,
    ObjectionStatus,
    RecordStatus,
)
from services.attendance.errors import AboutOneself, NotDisclosed, ObjectionAlreadyResolved
from services.attendance.events import ObjectionResolved
from services.attendance.models import Appeal, Objection, ServiceRecord
from services.attendance.repository import AttendanceUnitOfWork
from services.attendance.use_cases.claimed_time import faults_of
from services.attendance.use_cases.freezing import freeze, unfreeze
from services.attendance.use_cases.oneself import require_somebody_else
from services.attendance.use_cases.rewriting import locked_record, rewrite
from services.attendance.use_cases.standing_in import audited, lent_to_caller
from services.attendance.use_cases.submitting_appeals import appeal_until
from services.chassis.errors import FieldError, Invalid, NotFound
from services.chassis.ids import new_id
from services.chassis.masking import masked_mobile

RESOLVERS = ("owner", "reviewer", "recorder")
"""Who hears objections, at the activity's organization or above."""


def submit_objection(command: commands.SubmitObjection, uow: AttendanceUnitOfWork) -> Objection:
    """Object to one record, or to an activity's hours as a whole. Anybody may."""
    disclosure = uow.disclosures.find(command.activity_id)
    if disclosure is None:
        raise NotFound(what="disclosure")
    if command.record_id is not None:
        _freeze(uow, command.activity_id, command.record_id)
    elif disclosure.status != DisclosureStatus.OPEN or disclosure.closes_at <= uow.clock.now():
        raise NotDisclosed()
    objection_id = new_id()
    objection = Objection(
        id=objection_id,
        activity_id=command.activity_id,
        record_id=command.record_id,
        account_id=uow.caller.account_id,
        text=command.text,
        contact_sealed=uow.settings.message_cipher.encrypt(command.contact, f"objection:{objection_id}"),
        status=ObjectionStatus.OPEN.value,
        submitted_at=uow.clock.now(),
        version=1,
    )
    uow.objections.add(objection)
    uow.audit(
        "objection.submitted",
        f"objection:{objection_id}",
        activity_id=command.activity_id,
        record_id=command.record_id,
    )
    metrics.OBJECTIONS.labels("submitted").inc()
    return objection


def _freeze(uow: AttendanceUnitOfWork, activity_id: str, record_id: str) -> None:
    record = locked_record(uow, record_id)
    if record.activity_id != activity_id:
        raise NotFound(what="record")
    if record.status not in OBJECTIONABLE:
        raise NotDisclosed()
    over = record.disclosed_until is not None and record.disclosed_until <= uow.clock.now()
    if over and record.status == RecordStatus.DISCLOSED:
        raise NotDisclosed()  # the timer has only not come by yet
    freeze(record)


def list_objections(query: commands.ListObjections, uow: AttendanceUnitOfWork) -> dict[str, Any]:
    """The objections to an activity's hours, oldest first, for who resolves them."""
    activity = uow.copies.activity(query.activity_id)
    uow.organizations.require(activity.organization_id, *RESOLVERS)
    page = uow.page(
        uow.objections.of_activity(activity.id),
        [Objection.submitted_at, Objection.id],
        limit=query.limit,
        cursor=query.cursor,
        scope=f"objections:{activity.id}",
    )
    appeals = uow.appeals.against([objection.id for objection in page.items])
    items = [shown(uow, objection, appeals.get(objection.id)) for objection in page.items]
    return {"items": items, "next_cursor": page.next_cursor}


def shown(uow: AttendanceUnitOfWork, objection: Objection, appeal: Appeal | None) -> dict[str, Any]:
    """An objection as whoever resolves it sees it."""
    contact = None
    if objection.contact_sealed is not None:
        contact = masked_mobile(
            uow.settings.message_cipher.decrypt(objection.contact_sealed, f"objection:{objection.id}")
        )
    return {
        "objection_id": objection.id,
        "activity_id": objection.activity_id,
        "record_id": objection.record_id,
        "text": objection.text,
        "contact_masked": contact,
        "status": objection.status,
        "submitted_at": objection.submitted_at,
        "resolved_at": objection.resolved_at,
        "reason": objection.reason,
        "appeal": None if appeal is None else {**vars(appeal), "appeal_id": appeal.id},
    }


def resolve_objection(command: commands.ResolveObjection, uow: AttendanceUnitOfWork) -> dict[str, Any]:
    """Uphold an objection and correct its record, or dismiss it; the record is disclosed again."""
    found = reachable(uow, command.objection_id)
    faults = _faults(command, found, uow)
    if faults:
        raise Invalid(*faults)
    record = None if found.record_id is None else locked_record(uow, found.record_id)
    objection = uow.objections.lock(found.id)
    if objection.status != ObjectionStatus.OPEN:
        raise ObjectionAlreadyResolved(status=objection.status)
    _require_unconcerned(uow, objection, record)
    organization_id = uow.copies.activity(objection.activity_id).organization_id
    concerned = {objection.account_id, None if record is None else uow.copies.account_of(record.volunteer_id)}
    lent = lent_to_caller(uow, organization_id, concerned, AboutOneself, roles=RESOLVERS, from_above=False)
    objection.status = (ObjectionStatus.UPHELD if command.upheld else ObjectionStatus.DISMISSED).value
    objection.resolved_by = uow.caller.require_account()
    if lent is None:
        objection.resolved_in = uow.organizations.nearest(organization_id, *RESOLVERS)
    else:
        objection.on_behalf_of, objection.resolved_in = lent.delegator_id, lent.organization_id
    objection.resolved_at = uow.clock.now()
    objection.reason = command.reason
    objection.version += 1
    minutes_before = None if record is None else record.minutes
    if record is not None:
        if command.upheld:
            time = None if command.corrected is None else command.corrected.time
            rewrite(uow, record, time, objection.on_behalf_of)
        unfreeze(uow, record)
    minutes = None if record is None else record.minutes
    objection.minutes_before, objection.minutes = minutes_before, minutes
    uow.audit(
        f"objection.{objection.status}",
        f"objection:{objection.id}",
        record_id=objection.record_id,
        minutes_before=minutes_before,
        minutes=minutes,
        **audited(objection.on_behalf_of),
    )
    metrics.OBJECTIONS.labels(objection.status).inc()
    _tell(uow, objection)
    return {
        "objection_id": objection.id,
        "status": objection.status,
        "record_id": objection.record_id,
        "minutes": minutes,
    }


def reachable(uow: AttendanceUnitOfWork, objection_id: str) -> Objection:
    """The objection, if it is the caller's to resolve; for anybody else there is none."""
    objection = uow.objections.find(objection_id)
    if objection is not None:
        organization_id = uow.copies.activity(objection.activity_id).organization_id
        if uow.reviewing.reaches(organization_id, *RESOLVERS):
            return objection
    raise NotFound(what="objection")


def _require_unconcerned(uow: AttendanceUnitOfWork, objection: Objection, record: ServiceRecord | None) -> None:
    """Raises ``AboutOneself`` for who objected, and for whose hours they are."""
    if objection.account_id == uow.caller.require_account():
        raise AboutOneself()
    if record is not None:
        require_somebody_else(uow, record.volunteer_id)


def _faults(command: commands.ResolveObjection, objection: Objection, uow: AttendanceUnitOfWork) -> list[FieldError]:
    if command.corrected is None:
        return []
    if not command.upheld:
        return [FieldError("corrected", "not_upheld", "驳回异议时不能更正", "a dismissed objection corrects nothing")]
    if objection.record_id is None:
        return [FieldError("corrected", "no_record", "该异议未指明记录", "the objection names no record")]
    return faults_of(uow, command.corrected.time, "corrected.")


def _tell(uow: AttendanceUnitOfWork, objection: Objection) -> None:
    may_appeal = objection.status == ObjectionStatus.DISMISSED and objection.account_id is not None
    event = ObjectionResolved(
        objection_id=objection.id,
        activity_id=objection.activity_id,
        account_id=objection.account_id,
        contact_sealed=objection.contact_sealed,
        upheld=objection.status == ObjectionStatus.UPHELD,
        reason=objection.reason or "",
        appeal_until=appeal_until(uow, objection) if may_appeal else None,
    )
    uow.publish(event, version=objection.version)
