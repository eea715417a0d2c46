"""Who may appeal against what came of an objection, until when, and what they see of it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from services.attendance import commands, metrics
from services.attendance.domain import ObjectionStatus
from services.attendance.errors import AlreadyAppealed, AppealTooLate, NothingToAppeal
from services.attendance.models import ActivityCopy, Appeal, Objection, ServiceRecord
from services.attendance.repository import AttendanceUnitOfWork
from services.attendance.use_cases.freezing import freeze
from services.attendance.use_cases.rewriting import locked_record
from services.chassis.clock import SHANGHAI
from services.chassis.errors import NotFound
from services.chassis.ids import new_id


def list_my_objections(query: commands.ListMyObjections, uow: AttendanceUnitOfWork) -> dict[str, Any]:
    """What one objected to, and objections to one's own records without what was written; newest first."""
    account_id = uow.caller.require_account()
    page = uow.page(
        uow.appeals.objections_concerning(account_id, uow.caller.volunteer_id),
        [(Objection.submitted_at, "desc"), (Objection.id, "desc")],
        limit=query.limit,
        cursor=query.cursor,
        scope=f"my-objections:{account_id}",
    )
    appeals = uow.appeals.against([objection.id for objection, _, _ in page.items])
    items = [
        _concerning_oneself(uow, objection, record, activity, appeals.get(objection.id))
        for objection, record, activity in page.items
    ]
    return {"items": items, "next_cursor": page.next_cursor}


def _concerning_oneself(
    uow: AttendanceUnitOfWork,
    objection: Objection,
    record: ServiceRecord | None,
    activity: ActivityCopy,
    appeal: Appeal | None,
) -> dict[str, Any]:
    until = None
    if appeal is None and _standing(uow, objection, record) is not None:
        until = appeal_until(uow, objection)
    return {
        **vars(objection),
        "objection_id": objection.id,
        "title": activity.title,
        "own_record": _is_own(uow, record),
        "text": objection.text if objection.account_id == uow.caller.account_id else None,
        "appeal_until": until if until is not None and until > uow.clock.now() else None,
        "appeal": None if appeal is None else _shown_to_party(uow, appeal),
    }


def _shown_to_party(uow: AttendanceUnitOfWork, appeal: Appeal) -> dict[str, Any]:
    own = appeal.account_id == uow.caller.account_id
    return {**vars(appeal), "appeal_id": appeal.id, "text": appeal.text if own else None}


def submit_appeal(command: commands.SubmitAppeal, uow: AttendanceUnitOfWork) -> dict[str, Any]:
    """Appeal, once a case and in time; the record is frozen again."""
    account_id = uow.caller.require_account()
    found = uow.objections.find(command.objection_id)
    if found is None:
        raise NotFound(what="objection")
    record = None if found.record_id is None else locked_record(uow, found.record_id)
    objection = uow.objections.lock(found.id)
    by_volunteer = _require_standing(uow, objection, record)
    before = uow.appeals.against([objection.id]).get(objection.id)
    if before is not None:
        raise AlreadyAppealed(status=before.status)
    until = appeal_until(uow, objection)
    if until <= uow.clock.now():
        raise AppealTooLate(closed_at=until.astimezone(SHANGHAI).isoformat(timespec="minutes"))
    appeal = Appeal(
        id=new_id(),
        objection_id=objection.id,
        activity_id=objection.activity_id,
        record_id=objection.record_id,
        account_id=account_id,
        by_volunteer=by_volunteer,
        text=command.text,
        status=ObjectionStatus.OPEN.value,
        submitted_at=uow.clock.now(),
        version=1,
    )
    uow.appeals.add(appeal)
    if record is not None:
        freeze(record)
    uow.audit("appeal.submitted", f"appeal:{appeal.id}", objection_id=objection.id, record_id=appeal.record_id)
    metrics.APPEALS.labels("submitted").inc()
    return {**vars(appeal), "appeal_id": appeal.id}


def _is_own(uow: AttendanceUnitOfWork, record: ServiceRecord | None) -> bool:
    return record is not None and record.volunteer_id == uow.caller.volunteer_id


def _standing(uow: AttendanceUnitOfWork, objection: Objection, record: ServiceRecord | None) -> bool | None:
    """Whether the caller may appeal as the volunteer whose record was cut (True), as who objected (False), or not."""
    cut = objection.minutes_before is not None and (objection.minutes or 0) < objection.minutes_before
    if objection.status == ObjectionStatus.UPHELD and cut and _is_own(uow, record):
        return True
    if objection.status == ObjectionStatus.DISMISSED and objection.account_id == uow.caller.account_id:
        return False
    return None


def _require_standing(uow: AttendanceUnitOfWork, objection: Objection, record: ServiceRecord | None) -> bool:
    standing = _standing(uow, objection, record)
    if standing is not None:
        return standing
    if objection.account_id == uow.caller.account_id or _is_own(uow, record):
        raise NothingToAppeal(status=objection.status)
    raise NotFound(what="objection")


def appeal_until(uow: AttendanceUnitOfWork, objection: Objection) -> datetime:
    """Until when an appeal against a resolution is taken."""
    assert objection.resolved_at is not None
    return objection.resolved_at + timedelta(days=uow.settings.appeal_days)
