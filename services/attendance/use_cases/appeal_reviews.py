"""Appeals, in the inbox of whoever stands above those who resolved the objections (docs/adr/0047)."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from services.attendance import commands
from services.attendance.domain import OBJECTIONS_REVIEWED_AS
from services.attendance.models import ActivityCopy, Appeal, Objection
from services.attendance.repository import AttendanceUnitOfWork
from services.attendance.repository.appeals import resolved_in
from services.attendance.repository.waiting import Waiting
from services.attendance.use_cases import appealing, inbox
from services.attendance.use_cases.objecting import RESOLVERS
from services.attendance.use_cases.objection_reviews import resolution
from services.attendance.use_cases.oneself import Person
from services.attendance.use_cases.standing_in import mine_to_decide
from services.chassis.organizations import Organizations

KIND = "appeals"

_REVIEW_WORDS: dict[str, str] = {status.value: word for word, status in OBJECTIONS_REVIEWED_AS.items()}


def count_waiting(uow: AttendanceUnitOfWork) -> Waiting:
    """How many wait for the caller."""
    return uow.appeals.waiting(*_mine_to_decide(uow))


def list_appeal_reviews(query: commands.ListReviews, uow: AttendanceUnitOfWork) -> dict[str, Any]:
    """The appeals that the caller may decide, of all activities, oldest first."""
    found = uow.appeals.with_status(OBJECTIONS_REVIEWED_AS[query.status], *_mine_to_decide(uow))
    page = inbox.oldest_first(uow, KIND, query, found, Appeal.submitted_at, Appeal.id)
    items = [
        {
            **appealing.to_decide(appeal, *row),
            **inbox.head(uow, KIND, appeal.id, query.status, appeal.submitted_at, appeal.reason),
        }
        for appeal, *row in page.items
    ]
    return {"items": items, "next_cursor": page.next_cursor}


def decide_appeal_review(verdict: commands.DecideReview, uow: AttendanceUnitOfWork) -> dict[str, str]:
    """Dismiss an appeal, or uphold one about an activity's hours as a whole; either way with a reason."""
    reason = inbox.required_reason_of(verdict)
    appeal = appealing.decidable(uow, verdict.id)
    inbox.require_no_record(verdict, appeal.record_id, f"POST /appeals/{appeal.id}/decision")
    command = commands.DecideAppeal(appeal_id=appeal.id, upheld=verdict.approve, reason=reason, corrected=None)
    decided = appealing.decide_appeal(command, uow)
    return {"id": appeal.id, "kind": KIND, "status": _REVIEW_WORDS[decided["status"]]}


def appeal_review_history(query: commands.ReviewHistory, uow: AttendanceUnitOfWork) -> dict[str, Any]:
    """What was decided about the appeal, if it was, and before it about the objection. Raises ``NotFound``."""
    uow.caller.require_signed_in()
    appeal = appealing.decidable(uow, query.id)
    outcome = _REVIEW_WORDS[appeal.status]
    final = inbox.past(outcome, appeal.reason, appeal.decided_at, appeal.decided_by, appeal.on_behalf_of)
    first = resolution(uow.objections.get(appeal.objection_id))
    return {"items": [first] if appeal.decided_at is None else [final, first]}


def _mine_to_decide(uow: AttendanceUnitOfWork) -> list[Any]:
    return mine_to_decide(uow, RESOLVERS, _reached_in, _not_about)


def _reached_in(tree: Organizations) -> sa.ColumnElement[bool]:
    # who is above the one that resolved it is above the activity's; by this one a few are found among many
    return sa.and_(
        tree.reachable(ActivityCopy.organization_id, *RESOLVERS, from_above=True),
        tree.reachable(resolved_in(), *RESOLVERS, from_above=True),
    )


def _not_about(person: Person) -> sa.ColumnElement[bool]:
    return sa.and_(
        person.is_none_of(Appeal.account_id, Objection.account_id, Objection.resolved_by, Objection.on_behalf_of),
        person.has_not_served(Appeal.record_id),
    )
