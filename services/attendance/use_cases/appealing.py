"""One appeal a level up against what came of an objection (DESIGN.md, 6): by who had objected, or whose record was cut.

The record freezes again. Whoever decides stands above the organization in whose name the objection was resolved, and is
none of those concerned: not who resolved it, not who appeals, not whose hours they are. Their decision is final, and
both stay visible.
"""

from __future__ import annotations

from typing import Any

from services.attendance import commands, metrics
from services.attendance.domain import ObjectionStatus
from services.attendance.errors import AboutOneself, OwnDecision, SuperiorDecides
from services.attendance.events import AppealDecided
from services.attendance.models import ActivityCopy, Appeal, Objection, ServiceRecord
from services.attendance.repository import AttendanceUnitOfWork
from services.attendance.repository.appeals import resolved_in
from services.attendance.use_cases.claimed_time import faults_of
from services.attendance.use_cases.freezing import unfreeze
from services.attendance.use_cases.objecting import RESOLVERS
from services.attendance.use_cases.oneself import require_somebody_else
from services.attendance.use_cases.rewriting import correct, locked_record
from services.attendance.use_cases.standing_in import audited, in_whose_place
from services.chassis.errors import AlreadyDecided, FieldError, Invalid, NotFound


def list_appeals(query: commands.ListAppeals, uow: AttendanceUnitOfWork) -> dict[str, Any]:
    """What waits to be decided (or was) above those who resolved the objections, oldest first."""
    uow.organizations.require(query.organization_id, *RESOLVERS)
    page = uow.page(
        uow.appeals.with_status(
            query.status,
            uow.organizations.subtree(ActivityCopy.organization_id, query.organization_id),
            uow.organizations.reachable(resolved_in(), *RESOLVERS, from_above=True),
        ),
        [Appeal.submitted_at, Appeal.id],
        limit=query.limit,
        cursor=query.cursor,
        scope=f"appeals:{query.organization_id}:{query.status}",
    )
    return {"items": [to_decide(*row) for row in page.items], "next_cursor": page.next_cursor}


def to_decide(
    appeal: Appeal, objection: Objection, record: ServiceRecord | None, activity: ActivityCopy
) -> dict[str, Any]:
    """An appeal as whoever decides it sees it."""
    return {
        **vars(appeal),
        "appeal_id": appeal.id,
        "organization_id": activity.organization_id,
        "title": activity.title,
        "record_status": None if record is None else record.status,
        "record_starts_at": None if record is None else record.starts_at,
        "record_ends_at": None if record is None else record.ends_at,
        "record_minutes": None if record is None else record.minutes,
        "objection_text": objection.text,
        "objection_status": objection.status,
        "objection_reason": objection.reason,
        "objection_minutes_before": objection.minutes_before,
    }


def decide_appeal(command: commands.DecideAppeal, uow: AttendanceUnitOfWork) -> dict[str, Any]:
    """Uphold an appeal, and say what was really served; or dismiss it. Either way with a reason, and finally."""
    found = decidable(uow, command.appeal_id)
    record = None if found.record_id is None else locked_record(uow, found.record_id)
    objection = uow.objections.lock(found.objection_id)
    appeal = uow.appeals.find(found.id)
    assert appeal is not None
    if appeal.status != ObjectionStatus.OPEN:
        raise AlreadyDecided(status=appeal.status)
    _require_unconcerned(uow, appeal, objection, record)
    faults = _faults(command, uow, appeal)
    if faults:
        raise Invalid(*faults)
    appeal.on_behalf_of = in_whose_place(
        uow,
        _resolved_in(uow, objection),
        _concerned(uow, appeal, objection, record),
        AboutOneself,
        roles=RESOLVERS,
    )
    appeal.status = (ObjectionStatus.UPHELD if command.upheld else ObjectionStatus.DISMISSED).value
    appeal.decided_by = uow.caller.require_account()
    appeal.decided_at = uow.clock.now()
    appeal.reason = command.reason
    appeal.version += 1
    if record is not None:
        appeal.minutes_before = record.minutes
        if command.upheld:
            time = None if command.corrected is None else command.corrected.time
            correct(uow, record, time, appeal.on_behalf_of)
        unfreeze(uow, record)
        appeal.minutes = record.minutes
    uow.audit(
        f"appeal.{appeal.status}",
        f"appeal:{appeal.id}",
        record_id=appeal.record_id,
        minutes_before=appeal.minutes_before,
        minutes=appeal.minutes,
        **audited(appeal.on_behalf_of),
    )
    metrics.APPEALS.labels(appeal.status).inc()
    _tell(uow, appeal)
    return {**vars(appeal), "appeal_id": appeal.id}


def decidable(uow: AttendanceUnitOfWork, appeal_id: str) -> Appeal:
    """The appeal, if the caller stands above who resolved the objection; what they may not see is ``NotFound``."""
    appeal = uow.appeals.find(appeal_id)
    objection = None if appeal is None else uow.objections.find(appeal.objection_id)
    if appeal is None or objection is None:
        raise NotFound(what="appeal")
    if uow.reviewing.reaches_from_above(_resolved_in(uow, objection), *RESOLVERS):
        return appeal
    if uow.organizations.reaches(uow.copies.activity(appeal.activity_id).organization_id, *RESOLVERS):
        raise SuperiorDecides()
    raise NotFound(what="appeal")


def _resolved_in(uow: AttendanceUnitOfWork, objection: Objection) -> str:
    return objection.resolved_in or uow.copies.activity(objection.activity_id).organization_id


def _concerned(
    uow: AttendanceUnitOfWork, appeal: Appeal, objection: Objection, record: ServiceRecord | None
) -> set[str | None]:
    """Whose case it is, or who has decided it before, themselves or by somebody who stood in for them."""
    volunteer = None if record is None else uow.copies.account_of(record.volunteer_id)
    return {appeal.account_id, objection.account_id, objection.resolved_by, objection.on_behalf_of, volunteer}


def _require_unconcerned(
    uow: AttendanceUnitOfWork, appeal: Appeal, objection: Objection, record: ServiceRecord | None
) -> None:
    account_id = uow.caller.require_account()
    if account_id in (objection.resolved_by, objection.on_behalf_of):
        raise OwnDecision()
    if account_id in (appeal.account_id, objection.account_id):
        raise AboutOneself()
    if record is not None:
        require_somebody_else(uow, record.volunteer_id)


def _faults(command: commands.DecideAppeal, uow: AttendanceUnitOfWork, appeal: Appeal) -> list[FieldError]:
    if command.corrected is None:
        if not command.upheld or not appeal.by_volunteer:
            return []
        return [FieldError("corrected", "required", "须写明实际服务时间", "what was really served is needed")]
    if not command.upheld:
        return [FieldError("corrected", "not_upheld", "驳回申诉时不能更正", "a dismissed appeal corrects nothing")]
    if appeal.record_id is None:
        return [FieldError("corrected", "no_record", "该异议未指明记录", "the objection names no record")]
    return faults_of(uow, command.corrected.time, "corrected.")


def _tell(uow: AttendanceUnitOfWork, appeal: Appeal) -> None:
    event = AppealDecided(
        appeal_id=appeal.id,
        objection_id=appeal.objection_id,
        activity_id=appeal.activity_id,
        title=uow.copies.activity(appeal.activity_id).title,
        account_id=appeal.account_id,
        upheld=appeal.status == ObjectionStatus.UPHELD,
        reason=appeal.reason or "",
    )
    uow.publish(event, version=appeal.version)
