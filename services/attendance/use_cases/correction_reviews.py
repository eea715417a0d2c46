"""Corrections that volunteers asked for, in the inbox of whoever decides about them (docs/adr/0047)."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from services.attendance import commands
from services.attendance.domain import CORRECTIONS_REVIEWED_AS
from services.attendance.models import ActivityCopy, Correction
from services.attendance.repository import AttendanceUnitOfWork
from services.attendance.repository.waiting import Waiting
from services.attendance.use_cases import correcting, evidence, inbox, requesting_corrections
from services.attendance.use_cases.scanning import ROLES
from services.attendance.use_cases.standing_in import mine_to_decide
from services.chassis.errors import Invalid, NotFound

KIND = "corrections"

_REVIEW_WORDS: dict[str, str] = {status.value: word for word, status in CORRECTIONS_REVIEWED_AS.items()}


def count_waiting(uow: AttendanceUnitOfWork) -> Waiting:
    """How many wait for the caller."""
    return uow.corrections.waiting(*_mine_to_decide(uow))


def list_correction_reviews(query: commands.ListReviews, uow: AttendanceUnitOfWork) -> dict[str, Any]:
    """What volunteers asked for and the caller may decide, of all activities, oldest first."""
    asked_for = Correction.on_request, Correction.status == CORRECTIONS_REVIEWED_AS[query.status]
    found = uow.corrections.listed(*asked_for, *_mine_to_decide(uow))
    page = inbox.oldest_first(uow, KIND, query, found, Correction.requested_at, Correction.id)
    used_elsewhere = evidence.find_used_elsewhere(uow, [correction for correction, *_ in page.items])
    items = [
        {
            **requesting_corrections.shown(correction, record, title, name, used_elsewhere=used_elsewhere),
            "organization_id": record.organization_id,
            **inbox.head(uow, KIND, correction.id, query.status, correction.requested_at, correction.decision_reason),
        }
        for correction, record, title, name in page.items
    ]
    return {"items": items, "next_cursor": page.next_cursor}


def decide_correction_review(verdict: commands.DecideReview, uow: AttendanceUnitOfWork) -> dict[str, str]:
    """Grant what was asked for, or refuse it and say why."""
    reason = inbox.reason_of(verdict)
    if verdict.approve:
        _require_fitting_time(uow, verdict.id)
    command = commands.DecideCorrection(correction_id=verdict.id, grant=verdict.approve, reason=reason, corrected=None)
    decided = correcting.decide_correction(command, uow)
    return {"id": verdict.id, "kind": KIND, "status": _REVIEW_WORDS[decided["status"]]}


def _require_fitting_time(uow: AttendanceUnitOfWork, correction_id: str) -> None:
    """Raises ``Invalid`` where a mere yes would grant a time that cannot count by now."""
    correction, record = correcting.decidable(uow, correction_id)
    faults = correcting.faults_as_asked(uow, correction, record)
    if lacking := inbox.another_time(faults, f"POST /corrections/{correction.id}/decision"):
        raise Invalid(*lacking)


def correction_review_history(query: commands.ReviewHistory, uow: AttendanceUnitOfWork) -> dict[str, Any]:
    """What was decided about the same record, asked for or not, newest first. Raises ``NotFound``."""
    uow.caller.require_signed_in()
    correction = uow.corrections.find(query.id)
    if correction is None or not correcting.may_decide(uow, correction):
        raise NotFound(what="review")
    return {"items": inbox.past_of(uow.corrections.decided_like(correction), _REVIEW_WORDS)}


def _mine_to_decide(uow: AttendanceUnitOfWork) -> list[Any]:
    return mine_to_decide(
        uow,
        ROLES,
        lambda tree: tree.reachable(ActivityCopy.organization_id, *ROLES),
        lambda person: sa.and_(
            person.is_none_of(Correction.requested_by), person.is_another_than(Correction.volunteer_id)
        ),
    )
