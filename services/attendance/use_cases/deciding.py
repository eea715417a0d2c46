"""A superior's decision on a supplement, one or many at a time."""

from __future__ import annotations

from typing import Any

from services.attendance import commands, metrics
from services.attendance.domain import REVIEWERS, Interval, Provenance, RecordStatus, SupplementStatus, change_status
from services.attendance.domain.reasons import REASONS
from services.attendance.errors import OwnSupplement, SuperiorDecides
from services.attendance.events import SupplementDecided
from services.attendance.models import ServiceRecord, Supplement
from services.attendance.repository import AttendanceUnitOfWork
from services.attendance.use_cases import hours
from services.attendance.use_cases.one_of_many import result_of
from services.attendance.use_cases.oneself import is_oneself
from services.attendance.use_cases.scanning import ROLES, require_verified
from services.attendance.use_cases.standing_in import audited, in_whose_place
from services.attendance.use_cases.supplements import KIND, forgotten_record, require_room
from services.chassis.clock import local_day
from services.chassis.errors import AlreadyDecided, FieldError, Invalid, NotFound
from services.chassis.ids import new_id


def decide_supplement_review(command: commands.DecideReview, uow: AttendanceUnitOfWork) -> dict[str, str]:
    """Approve, and the hours count; or reject, and say why."""
    _lock(uow, [command.id])
    decision = commands.Decision(
        id=command.id, approve=command.approve, reason=command.reason, reason_code=command.reason_code
    )
    return _decide(decision, uow)


def decide_supplement_reviews(command: commands.DecideReviews, uow: AttendanceUnitOfWork) -> dict[str, Any]:
    """Each decision by itself: one that is refused leaves the others as they are."""
    _lock(uow, [decision.id for decision in command.decisions])
    return {"items": [_result(decision, uow) for decision in command.decisions]}


def _lock(uow: AttendanceUnitOfWork, supplement_ids: list[str]) -> None:
    """Every volunteer concerned, in one order, before the first decision: two superiors take turns, and never meet."""
    uow.copies.lock_volunteers(uow.supplements.volunteers_of(supplement_ids))


def _result(decision: commands.Decision, uow: AttendanceUnitOfWork) -> dict[str, Any]:
    decided, error = result_of(uow, lambda: _decide(decision, uow))
    return {"id": decision.id, "status": None if decided is None else decided["status"], "error": error}


def _decide(decision: commands.Decision, uow: AttendanceUnitOfWork) -> dict[str, str]:
    supplement = _decidable(uow, decision.id)
    if supplement.status != SupplementStatus.SUBMITTED:
        raise AlreadyDecided(status=supplement.status)
    reason = REASONS.in_words(decision.reason_code, decision.reason)
    if not decision.approve and not reason:
        raise Invalid(FieldError("reason", "required", "驳回须说明理由", "a rejection needs a reason"))
    concerned = {*_submitters(supplement), uow.copies.account_of(supplement.volunteer_id)}
    supplement.on_behalf_of = in_whose_place(uow, supplement.organization_id, concerned, OwnSupplement)
    supplement.status = SupplementStatus.APPROVED if decision.approve else SupplementStatus.REJECTED
    supplement.decided_by = uow.caller.require_account()
    supplement.decided_at = uow.clock.now()
    supplement.decision_reason = reason
    supplement.decision_code = decision.reason_code
    supplement.version += 1
    if decision.approve:
        _count(uow, supplement)
    uow.audit(
        f"supplement.{supplement.status}",
        f"supplement:{supplement.id}",
        volunteer_id=supplement.volunteer_id,
        record_id=supplement.record_id,
        minutes=supplement.minutes,
        **audited(supplement.on_behalf_of),
    )
    _tell(uow, supplement)
    return {"id": supplement.id, "kind": KIND, "status": supplement.status}


def _decidable(uow: AttendanceUnitOfWork, supplement_id: str) -> Supplement:
    """The supplement, if the caller may decide it; what they may not even see is ``NotFound``."""
    supplement = uow.supplements.find(supplement_id)
    if supplement is None:
        raise NotFound(what="supplement")
    if uow.caller.require_account() in _submitters(supplement) or is_oneself(uow, supplement.volunteer_id):
        raise OwnSupplement()
    if uow.reviewing.reaches_from_above(supplement.organization_id, *REVIEWERS):
        return supplement
    if uow.organizations.reaches(supplement.organization_id, *REVIEWERS, *ROLES):
        raise SuperiorDecides()
    raise NotFound(what="supplement")


def _submitters(supplement: Supplement) -> tuple[str | None, ...]:
    return supplement.submitted_by, supplement.submitted_on_behalf_of


def _count(uow: AttendanceUnitOfWork, supplement: Supplement) -> None:
    """Let the hours count: in the record whose sign-out was forgotten, or in a new one."""
    time = Interval(supplement.starts_at, supplement.ends_at)
    # Both may have changed since the supplement was submitted.
    require_verified(uow.copies.lock_volunteer(supplement.volunteer_id))
    require_room(uow, supplement.volunteer_id, supplement.shift_id, time)
    record = forgotten_record(uow, supplement.volunteer_id, supplement.shift_id)
    if record is None:
        record = _new_record(uow, supplement)
    else:
        record.status = change_status(record.status, RecordStatus.RECORDED)
        record.version += 1
    hours.give(
        uow,
        record,
        time,
        Provenance.SUPPLEMENT,
        recorded_by=supplement.submitted_by,
        on_behalf_of=supplement.submitted_on_behalf_of,
    )
    supplement.record_id = record.id


def _new_record(uow: AttendanceUnitOfWork, supplement: Supplement) -> ServiceRecord:
    record = ServiceRecord(
        id=new_id(),
        volunteer_id=supplement.volunteer_id,
        activity_id=supplement.activity_id,
        shift_id=supplement.shift_id,
        organization_id=supplement.organization_id,
        status=RecordStatus.RECORDED.value,
        provenance=Provenance.SUPPLEMENT.value,
        served_on=local_day(supplement.starts_at),
        minutes=0,
        created_at=uow.clock.now(),
        version=1,
    )
    uow.records.add(record)
    return record


def _tell(uow: AttendanceUnitOfWork, supplement: Supplement) -> None:
    approved = supplement.status == SupplementStatus.APPROVED
    metrics.SUPPLEMENTS_DECIDED.labels(supplement.status).inc()
    event = SupplementDecided(
        supplement_id=supplement.id,
        volunteer_id=supplement.volunteer_id,
        activity_id=supplement.activity_id,
        title=uow.copies.activity(supplement.activity_id).title,
        approved=approved,
        reason=supplement.decision_reason,
    )
    uow.publish(event, version=supplement.version)
