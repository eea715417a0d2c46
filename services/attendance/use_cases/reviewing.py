"""What helps a superior to decide: reasons to choose from, and what was decided about the same hours before."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from services.attendance import commands
from services.attendance.domain import REVIEWERS
from services.attendance.domain.reasons import HELD_REASONS, REASONS
from services.attendance.repository import AttendanceUnitOfWork
from services.attendance.repository.waiting import Waiting
from services.attendance.use_cases import (
    appeal_reviews,
    correction_reviews,
    held_reviews,
    missing_entry_reviews,
    objection_reviews,
    supplements,
)
from services.chassis.errors import NotFound

_WAITING: dict[str, Callable[[AttendanceUnitOfWork], Waiting]] = {
    module.KIND: module.count_waiting
    for module in (
        supplements,
        held_reviews,
        correction_reviews,
        missing_entry_reviews,
        objection_reviews,
        appeal_reviews,
    )
}
_REASONS = {supplements.KIND: REASONS, held_reviews.KIND: HELD_REASONS}


def count_reviews(_query: commands.CountReviews, uow: AttendanceUnitOfWork) -> dict[str, Any]:
    """How many of each kind wait for the caller, and since when the first of them does."""
    waiting = {kind: count_waiting(uow) for kind, count_waiting in _WAITING.items()}
    counts = {kind: found.count for kind, found in waiting.items()}
    return {**counts, "waiting_since": {kind: found.since for kind, found in waiting.items()}}


def list_review_reasons(query: commands.ListReviewReasons, _uow: AttendanceUnitOfWork) -> dict[str, Any]:
    """The reasons to choose from, of one kind of reviews."""
    return _REASONS[query.kind].listed()


def supplement_review_history(query: commands.ReviewHistory, uow: AttendanceUnitOfWork) -> dict[str, Any]:
    """The decisions on this volunteer's hours at this shift, newest first, for whoever decides. Raises ``NotFound``.

    A decision stands, so each supplement holds its own; what was rejected comes back as another supplement, and the
    superior who looks at that one wants to know of the first.
    """
    uow.caller.require_signed_in()
    supplement = uow.supplements.find(query.id)
    if supplement is None or not uow.reviewing.reaches_from_above(supplement.organization_id, *REVIEWERS):
        raise NotFound(what="review")
    return {"items": uow.supplements.decided_like(supplement)}
