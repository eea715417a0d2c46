"""Reviews of hours beyond what a day counts at once, for RPC and HTTP alike."""

from __future__ import annotations

from marshmallow import fields

from services.attendance.domain import HELD_REVIEWED_AS
from services.attendance.schemas import reviews
from services.chassis.schema import Answer, Day, Id, Timestamp, one_of, page_of

_KIND = ["hours"]


class ListHoursReviews(reviews.ListReviews):
    """``GET /reviews/{kind}`` with the kind ``hours``."""

    class Meta(reviews.ListReviews.Meta):
        pass

    kind = one_of(_KIND, required=True)
    status = one_of(HELD_REVIEWED_AS, load_default="pending")


class HoursReview(Answer):
    """Held minutes as whoever decides sees them; ``counted_minutes``: what the record counts without them."""

    id = Id()
    kind = fields.String()
    status = fields.String()
    submitted_at = Timestamp()
    age_days = fields.Integer()
    band = fields.String()
    volunteer_id = Id()
    name = fields.String()
    organization_id = Id()
    activity_id = Id()
    shift_id = Id()
    record_id = Id()
    title = fields.String()
    date = Day()
    starts_at = Timestamp()
    ends_at = Timestamp()
    minutes = fields.Integer()
    counted_minutes = fields.Integer()
    provenance = fields.String()
    rejection_reason = fields.String(allow_none=True)


HoursReviewPage = page_of(HoursReview)


class DecideHoursReview(reviews.DecideReview):
    """``POST /reviews/{kind}/{id}/decision``."""

    class Meta(reviews.DecideReview.Meta):
        pass

    kind = one_of(_KIND, required=True)


class DecideHoursReviews(reviews.DecideReviews):
    """``POST /reviews/{kind}/decisions``."""

    class Meta(reviews.DecideReviews.Meta):
        pass

    kind = one_of(_KIND, required=True)


class HoursReviewHistory(reviews.ReviewHistory):
    """``GET /reviews/{kind}/{id}/history``."""

    class Meta(reviews.ReviewHistory.Meta):
        pass

    kind = one_of(_KIND, required=True)
