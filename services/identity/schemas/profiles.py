"""One's own registration as it went: what is asked, and what is answered."""

from __future__ import annotations

from marshmallow import fields

from services.chassis.schema import Answer, Id, Request, Timestamp
from services.identity import commands


class ListReviewHistory(Request):
    """``GET /me/review-history``."""

    class Meta:
        command = commands.ListReviewHistory


class ReviewStepShown(Answer):
    """One step; ``step``: submitted, verifying, realname_matched (…_mismatched, …_not_checked), approved, rejected."""

    step = fields.String()
    at = Timestamp()
    organization_id = Id(allow_none=True)
    reason = fields.String(allow_none=True)


class ReviewHistory(Answer):
    """Every step, the oldest first."""

    items = fields.List(fields.Nested(ReviewStepShown))
