"""Hours beyond what a day counts at once, before whoever decides about them (FACTS.md, "Practice on i志愿").

Up to twelve hours a day an organization above the one that recorded them decides, beyond that the root of the tree.
Nobody decides about hours of their own, or that they entered by hand.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from services.attendance import commands, metrics
from services.attendance.domain import HELD_REVIEWED_AS, REVIEWERS, Band, HeldStatus, Interval
from services.attendance.domain.reasons import HELD_REASONS
from services.attendance.errors import OwnHours, ProvinceDecides, SuperiorDecides
from services.attendance.events import HeldHoursDecided
from services.attendance.models import HeldHours, ServiceRecord
from services.attendance.repository import AttendanceUnitOfWork
from services.attendance.repository.waiting import Waiting
from services.attendance.use_cases import hours
from services.attendance.use_cases.one_of_many import result_of
from services.attendance.use_cases.oneself import Person, is_oneself
from services.attendance.use_cases.scanning import ROLES
from services.attendance.use_cases.standing_in import audited, in_whose_place, mine_to_decide
from services.chassis.errors import AlreadyDecided, FieldError, Invalid, NotFound
from services.chassis.organizations import Organizations

KIND = "hours"

_REVIEW_WORDS: dict[str, str] = {status.value: word for word, status in HELD_REVIEWED_AS.items()}


def list_hours_reviews(query: commands.ListReviews, uow: AttendanceUnitOfWork) -> dict[str, Any]:
    """The held hours that the caller may decide about, oldest first."""
    page = uow.page(
        uow.held.with_status(HELD_REVIEWED_AS[query.status], *_mine_to_decide(uow)),
        [HeldHours.held_at, HeldHours.id],
        limit=query.limit,
        cursor=query.cursor,
        scope=f"reviews:hours:{query.status}",
    )
    now = uow.clock.now()
    items = [
        {**_shown(held, record, title, name), "age_days": (now - held.held_at).days}
        for held, record, title, name in page.items
    ]
    return {"items": items, "next_cursor": page.next_cursor}


def count_waiting(uow: AttendanceUnitOfWork) -> Waiting:
    """How many wait for the caller."""
    return uow.held.waiting(*_mine_to_decide(uow))


def decide_hours_review(command: commands.DecideReview, uow: AttendanceUnitOfWork) -> dict[str, str]:
    """Grant, and the minutes count; or refuse, and say why."""
    decision = commands.Decision(
        id=command.id, approve=command.approve, reason=command.reason, reason_code=command.reason_code
    )
    uow.copies.lock_volunteers(uow.held.volunteers_of([decision.id]))
    decided = _decide(decision, uow)
    _show_granted(uow, [decided])
    return decided


def decide_hours_reviews(command: commands.DecideReviews, uow: AttendanceUnitOfWork) -> dict[str, Any]:
    """Each decision by itself: one that is refused leaves the others as they are."""
    uow.copies.lock_volunteers(uow.held.volunteers_of([decision.id for decision in command.decisions]))
    items = [_result(decision, uow) for decision in command.decisions]
    _show_granted(uow, items)
    return {"items": items}


def _result(decision: commands.Decision, uow: AttendanceUnitOfWork) -> dict[str, Any]:
    decided, error = result_of(uow, lambda: _decide(decision, uow))
    return {"id": decision.id, "status": None if decided is None else decided["status"], "error": error}


def hours_review_history(query: commands.ReviewHistory, uow: AttendanceUnitOfWork) -> dict[str, Any]:
    """What was decided about the same record's hours, newest first, for whoever decides. Raises ``NotFound``."""
    uow.caller.require_signed_in()
    held = uow.held.find(query.id)
    if held is None or not _is_above(uow, held):
        raise NotFound(what="review")
    return {
        "items": [
            {
                "status": _REVIEW_WORDS[past.status],
                "decision_reason": past.decision_reason,
                "decided_at": past.decided_at,
                "decided_by": past.decided_by,
                "on_behalf_of": past.on_behalf_of,
            }
            for past in uow.held.decided_like(held)
        ]
    }


def _mine_to_decide(uow: AttendanceUnitOfWork) -> list[Any]:
    return mine_to_decide(uow, REVIEWERS, _reached_in, _not_about)


def _reached_in(tree: Organizations) -> sa.ColumnElement[bool]:
    by_parent = tree.reachable(HeldHours.organization_id, *REVIEWERS, from_above=True)
    by_province = tree.reachable_from_root(HeldHours.organization_id, *REVIEWERS)
    return sa.or_(
        sa.and_(HeldHours.band == Band.PARENT, by_parent), sa.and_(HeldHours.band == Band.PROVINCE, by_province)
    )


def _not_about(person: Person) -> sa.ColumnElement[bool]:
    return sa.and_(
        person.is_none_of(HeldHours.recorded_by, HeldHours.recorded_on_behalf_of),
        person.is_another_than(HeldHours.volunteer_id),
    )


def _shown(held: HeldHours, record: ServiceRecord, title: str, name: str) -> dict[str, Any]:
    return {
        "id": held.id,
        "kind": KIND,
        "status": _REVIEW_WORDS[held.status],
        "submitted_at": held.held_at,
        "band": held.band,
        "volunteer_id": held.volunteer_id,
        "name": name,
        "organization_id": held.organization_id,
        "activity_id": record.activity_id,
        "shift_id": record.shift_id,
        "record_id": record.id,
        "title": title,
        "date": held.day,
        "starts_at": held.starts_at,
        "ends_at": held.ends_at,
        "minutes": held.minutes,
        "counted_minutes": record.minutes,
        "provenance": record.provenance,
        "rejection_reason": held.decision_reason,
    }


def _decide(decision: commands.Decision, uow: AttendanceUnitOfWork) -> dict[str, str]:
    held = _decidable(uow, decision.id)
    if held.status != HeldStatus.WAITING:
        raise AlreadyDecided(status=held.status)
    reason = HELD_REASONS.in_words(decision.reason_code, decision.reason)
    if not decision.approve and not reason:
        raise Invalid(FieldError("reason", "required", "驳回须说明理由", "a rejection needs a reason"))
    concerned = {*_recorders(held), uow.copies.account_of(held.volunteer_id)}
    from_root = held.band == Band.PROVINCE
    held.on_behalf_of = in_whose_place(uow, held.organization_id, concerned, OwnHours, from_root=from_root)
    held.status = (HeldStatus.GRANTED if decision.approve else HeldStatus.REFUSED).value
    held.decided_by = uow.caller.require_account()
    held.decided_at = uow.clock.now()
    held.decision_reason = reason
    held.decision_code = decision.reason_code
    held.version += 1
    record = uow.records.get(held.record_id)
    if decision.approve:
        hours.add(uow, record, Interval(held.starts_at, held.ends_at))
    uow.audit(
        f"held_hours.{held.status}",
        f"held_hours:{held.id}",
        volunteer_id=held.volunteer_id,
        record_id=held.record_id,
        minutes=held.minutes,
        **audited(held.on_behalf_of),
    )
    metrics.HELD_HOURS_DECIDED.labels(held.status).inc()
    _tell(uow, held, record)
    return {"id": held.id, "kind": KIND, "status": _REVIEW_WORDS[held.status]}


def _decidable(uow: AttendanceUnitOfWork, held_id: str) -> HeldHours:
    """The held hours, if the caller may decide about them; what they may not even see is ``NotFound``."""
    held = uow.held.find(held_id)
    if held is None:
        raise NotFound(what="review")
    if uow.caller.require_account() in _recorders(held) or is_oneself(uow, held.volunteer_id):
        raise OwnHours()
    if _is_above(uow, held):
        return held
    if not uow.organizations.reaches(held.organization_id, *REVIEWERS, *ROLES):
        raise NotFound(what="review")
    raise ProvinceDecides() if held.band == Band.PROVINCE else SuperiorDecides()


def _recorders(held: HeldHours) -> tuple[str | None, ...]:
    return held.recorded_by, held.recorded_on_behalf_of


def _is_above(uow: AttendanceUnitOfWork, held: HeldHours) -> bool:
    if held.band == Band.PROVINCE:
        return uow.reviewing.reaches_from_root(held.organization_id, *REVIEWERS)
    return uow.reviewing.reaches_from_above(held.organization_id, *REVIEWERS)


def _show_granted(uow: AttendanceUnitOfWork, decided: list[dict[str, Any]]) -> None:
    granted = [one["id"] for one in decided if one["status"] == _REVIEW_WORDS[HeldStatus.GRANTED]]
    hours.show_longer(uow, uow.held.records_of(granted))


def _tell(uow: AttendanceUnitOfWork, held: HeldHours, record: ServiceRecord) -> None:
    event = HeldHoursDecided(
        held_id=held.id,
        record_id=record.id,
        volunteer_id=held.volunteer_id,
        activity_id=record.activity_id,
        title=uow.copies.activity(record.activity_id).title,
        minutes=held.minutes,
        granted=held.status == HeldStatus.GRANTED,
        reason=held.decision_reason,
    )
    uow.publish(event, version=held.version)
