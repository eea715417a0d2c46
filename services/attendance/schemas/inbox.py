"""Corrections, missing hours, objections and appeals as reviews, for RPC and HTTP alike (docs/adr/0047).

An item says all that the list of its own kind says, and begins like every review.
"""

from __future__ import annotations

from marshmallow import fields

from services.attendance.schemas import appeals, corrections, disclosure, missing_entries, reviews
from services.chassis.schema import Answer, Id, Timestamp, one_of, page_of

INBOX_KINDS = ["corrections", "missing_entries", "objections", "appeals"]


class ListInboxReviews(reviews.ListReviews):
    """``GET /reviews/{kind}`` with one of these kinds, which has chosen the RPC."""

    class Meta(reviews.ListReviews.Meta):
        pass

    kind = one_of(INBOX_KINDS, required=True)


class DecideInboxReview(reviews.DecideReview):
    """``POST /reviews/{kind}/{id}/decision`` with one of these kinds, which has chosen the RPC."""

    class Meta(reviews.DecideReview.Meta):
        pass

    kind = one_of(INBOX_KINDS, required=True)


class InboxReviewHistory(reviews.ReviewHistory):
    """``GET /reviews/{kind}/{id}/history`` with one of these kinds, which has chosen the RPC."""

    class Meta(reviews.ReviewHistory.Meta):
        pass

    kind = one_of(INBOX_KINDS, required=True)


class _Head(Answer):
    id = Id()
    kind = fields.String()
    status = fields.String()
    submitted_at = Timestamp()
    age_days = fields.Integer()
    rejection_reason = fields.String(allow_none=True)
    organization_id = Id()


class CorrectionReview(corrections.Correction, _Head):
    """A correction that a volunteer asked for."""


class MissingEntryReview(missing_entries.MissingEntry, _Head):
    """Hours that a volunteer misses."""


class ObjectionReview(disclosure.Objection, _Head):
    """An objection, and what its record counts now, if it names one."""

    title = fields.String()
    record_status = fields.String(allow_none=True)
    record_starts_at = Timestamp(allow_none=True)
    record_ends_at = Timestamp(allow_none=True)
    record_minutes = fields.Integer(allow_none=True)


class AppealReview(appeals.AppealToDecide, _Head):
    """An appeal, and what was decided about the objection."""


CorrectionReviewPage = page_of(CorrectionReview)
MissingEntryReviewPage = page_of(MissingEntryReview)
ObjectionReviewPage = page_of(ObjectionReview)
AppealReviewPage = page_of(AppealReview)
