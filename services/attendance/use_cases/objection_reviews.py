"""Objections to disclosed hours, in the inbox of whoever resolves them (docs/adr/0047)."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from services.attendance import commands
from services.attendance.domain import OBJECTIONS_REVIEWED_AS
from services.attendance.models import ActivityCopy, Objection
from services.attendance.repository import AttendanceUnitOfWork
from services.attendance.repository.waiting import Waiting
from services.attendance.use_cases import inbox, objecting
from services.attendance.use_cases.objecting import RESOLVERS
from services.attendance.use_cases.standing_in import mine_to_decide

KIND = "objections"

_REVIEW_WORDS: dict[str, str] = {status.value: word for word, status in OBJECTIONS_REVIEWED_AS.items()}


def count_waiting(uow: AttendanceUnitOfWork) -> Waiting:
    """How many wait for the caller."""
    return uow.objections.waiting(*_mine_to_decide(uow))


def list_objection_reviews(query: commands.ListReviews, uow: AttendanceUnitOfWork) -> dict[str, Any]:
    """The objections that the caller may resolve, of all activities, oldest first."""
    found = uow.objections.with_status(OBJECTIONS_REVIEWED_AS[query.status], *_mine_to_decide(uow))
    page = inbox.oldest_first(uow, KIND, query, found, Objection.submitted_at, Objection.id)
    appeals = uow.appeals.against([objection.id for objection, *_ in page.items])
    items = [
        {
            **objecting.shown(uow, objection, appeals.get(objection.id)),
            "organization_id": activity.organization_id,
            "title": activity.title,
            "record_status": None if record is None else record.status,
            "record_starts_at": None if record is None else record.starts_at,
            "record_ends_at": None if record is None else record.ends_at,
            "record_minutes": None if record is None else record.minutes,
            **inbox.head(uow, KIND, objection.id, query.status, objection.submitted_at, objection.reason),
        }
        for objection, record, activity in page.items
    ]
    return {"items": items, "next_cursor": page.next_cursor}


def decide_objection_review(verdict: commands.DecideReview, uow: AttendanceUnitOfWork) -> dict[str, str]:
    """Dismiss an objection, or uphold one to an activity's hours as a whole; either way with a reason."""
    reason = inbox.required_reason_of(verdict)
    objection = objecting.reachable(uow, verdict.id)
    inbox.require_no_record(verdict, objection.record_id, f"POST /objections/{objection.id}/resolution")
    command = commands.ResolveObjection(
        objection_id=objection.id, upheld=verdict.approve, reason=reason, corrected=None
    )
    resolved = objecting.resolve_objection(command, uow)
    return {"id": objection.id, "kind": KIND, "status": _REVIEW_WORDS[resolved["status"]]}


def objection_review_history(query: commands.ReviewHistory, uow: AttendanceUnitOfWork) -> dict[str, Any]:
    """What was resolved about the same record, or the same activity's hours as a whole, newest first.

    Raises ``NotFound``.
    """
    uow.caller.require_signed_in()
    objection = objecting.reachable(uow, query.id)
    return {"items": [resolution(one) for one in uow.objections.resolved_like(objection)]}


def resolution(objection: Objection) -> dict[str, Any]:
    """What came of one, as a decision of the history."""
    outcome = _REVIEW_WORDS[objection.status]
    return inbox.past(outcome, objection.reason, objection.resolved_at, objection.resolved_by, objection.on_behalf_of)


def _mine_to_decide(uow: AttendanceUnitOfWork) -> list[Any]:
    return mine_to_decide(
        uow,
        RESOLVERS,
        lambda tree: tree.reachable(ActivityCopy.organization_id, *RESOLVERS),
        lambda person: sa.and_(person.is_none_of(Objection.account_id), person.has_not_served(Objection.record_id)),
    )
