"""What helps a superior to decide: reasons to choose from, and what was decided about the same hours before."""

from __future__ import annotations

from typing import Any

from services.attendance import commands
from services.attendance.domain import REVIEWERS
from services.attendance.domain.reasons import HELD_REASONS, REASONS
from services.attendance.repository import AttendanceUnitOfWork
from services.attendance.use_cases import held_reviews, supplements
from services.chassis.errors import NotFound

_REASONS = {supplements.KIND: REASONS, held_reviews.KIND: HELD_REASONS}


def count_reviews(_query: commands.CountReviews, uow: AttendanceUnitOfWork) -> dict[str, int]:
    """How many of each kind wait for the caller."""
    return {supplements.KIND: supplements.count_waiting(uow), held_reviews.KIND: held_reviews.count_waiting(uow)}


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
