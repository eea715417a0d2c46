"""Reviews: the same requests for every kind, whichever service keeps it.

The gateway validates with these and sends the payload to the service of its ``kind`` (memberships and organizations:
here; all others: attendance), so every such service takes exactly this.
"""

from __future__ import annotations

import marshmallow as ma
from marshmallow import fields

from services.chassis.schema import (
    Answer,
    Day,
    Id,
    PageRequest,
    Request,
    Text,
    Timestamp,
    list_of,
    one_of,
    page_of,
    rule,
)
from services.organization import commands

_STATUSES = ("pending", "approved", "rejected")


class CountReviews(Request):
    """``GET /reviews``."""

    class Meta:
        command = commands.CountReviews


class WaitingSince(Answer):
    """When the oldest of each kind that waits was handed in; null where none waits."""

    memberships = Timestamp(allow_none=True)
    organizations = Timestamp(allow_none=True)


class ReviewCounts(Answer):
    """How many of organization's kinds wait for the caller, and since when."""

    memberships = fields.Integer()
    organizations = fields.Integer()
    waiting_since = fields.Nested(WaitingSince)


class AllWaitingSince(WaitingSince):
    """When the oldest of each kind that waits was handed in; null where none waits for the caller."""

    supplements = Timestamp(allow_none=True)
    hours = Timestamp(allow_none=True)
    corrections = Timestamp(allow_none=True)
    missing_entries = Timestamp(allow_none=True)
    objections = Timestamp(allow_none=True)
    appeals = Timestamp(allow_none=True)


class AllReviewCounts(ReviewCounts):
    """What ``GET /reviews`` answers: of each kind how many the caller may decide now, and since when the oldest waits.

    Memberships and organizations are organization's; the others are attendance's: supplements, hours beyond what a day
    counts at once, corrections that volunteers ask for, hours that they miss, objections to disclosed hours, appeals.
    """

    supplements = fields.Integer()
    hours = fields.Integer()
    corrections = fields.Integer()
    missing_entries = fields.Integer()
    objections = fields.Integer()
    appeals = fields.Integer()
    waiting_since = fields.Nested(AllWaitingSince)


class ListReviews(PageRequest):
    """``GET /reviews/{kind}``: oldest first."""

    class Meta:
        command = commands.ListReviews

    kind = Text(max=20, required=True)
    status = one_of(_STATUSES, load_default="pending")
    escalated = fields.Boolean(load_default=None)


class Review(Answer):
    """What every kind of review says. ``escalated``: the organization below has let it wait, and it was the caller's
    organization's turn to be told at ``escalated_at``; the kinds of attendance lack both.
    """

    id = Id()
    kind = fields.String()
    status = fields.String()
    submitted_at = Timestamp()
    age_days = fields.Integer()
    rejection_reason = fields.String(allow_none=True)
    escalated = fields.Boolean()
    escalated_at = Timestamp(allow_none=True)


class MembershipReview(Review):
    """Somebody asks to be taken; what the volunteer handed in, masked."""

    volunteer_id = Id()
    organization_id = Id()
    organization_name = fields.String()
    volunteer_no = fields.String(allow_none=True)
    name = fields.String(allow_none=True)
    cert_type = fields.String(allow_none=True)
    cert_no_masked = fields.String(allow_none=True)
    phone_masked = fields.String(allow_none=True)


class OrganizationReview(Review):
    """An organization asks for its place in the tree. ``decisions``: what was decided before, newest first."""

    organization_id = Id()
    name = fields.String()
    organization_kind = fields.String()
    parent_id = Id(allow_none=True)
    region = fields.String()
    region_name = fields.String(allow_none=True)
    uscc = fields.String(allow_none=True)
    principal_name = fields.String()
    decisions = fields.List(fields.Nested(lambda: PastDecision()))


class PastDecision(Answer):
    """A decision of the history."""

    outcome = fields.String()
    reason = fields.String(allow_none=True)
    decided_at = Timestamp()


MembershipReviewPage = page_of(MembershipReview)
OrganizationReviewPage = page_of(OrganizationReview)


class FileToJudge(Answer):
    """A file to look at; ``used_elsewhere``: the very same bytes speak for other hours, too (of attendance)."""

    upload_id = Id()
    content_type = fields.String()
    name = fields.String()
    used_elsewhere = fields.Boolean()


class VolunteersWord(Answer):
    """What a volunteer had said themselves of the hours that a supplement is for (of attendance).

    ``files_are_theirs``: the supplement's files came from the volunteer; the organizer added none.
    """

    starts_at = Timestamp()
    ends_at = Timestamp()
    note = fields.String()
    witness = fields.String(allow_none=True)
    files_are_theirs = fields.Boolean()


class AppealOfObjection(Answer):
    """The one appeal against what came of an objection (of attendance).

    ``by_volunteer``: by whose record was cut; ``minutes``: what it counts since.
    """

    appeal_id = Id()
    by_volunteer = fields.Boolean()
    text = fields.String(allow_none=True)
    status = fields.String()
    submitted_at = Timestamp()
    decided_at = Timestamp(allow_none=True)
    reason = fields.String(allow_none=True)
    minutes = fields.Integer(allow_none=True)


class AnyReview(MembershipReview, OrganizationReview):
    """A review of whichever kind; those of attendance carry the fields at the end.

    ``band``, of hours beyond what a day counts at once: whether an organization above decides, or the province.
    Corrections, missing hours, objections and appeals say all that the lists of their own say, under the same names;
    ``record_*``: what their record counts now. ``asked_by_volunteer``: what they said, if a supplement came of hours
    that they missed; ``supplement_id``: the supplement that came of missing hours.
    """

    activity_id = Id()
    title = fields.String()
    starts_at = Timestamp(allow_none=True)
    ends_at = Timestamp(allow_none=True)
    minutes = fields.Integer(allow_none=True)
    reason = fields.String(allow_none=True)
    evidence = fields.List(fields.String())
    shift_id = Id()
    record_id = Id(allow_none=True)
    band = fields.String()
    date = Day()
    counted_minutes = fields.Integer()
    provenance = fields.String()
    files = fields.List(fields.Nested(FileToJudge))
    asked_by_volunteer = fields.Nested(VolunteersWord, allow_none=True)
    correction_id = Id()
    missing_entry_id = Id()
    objection_id = Id()
    appeal_id = Id()
    text = fields.String(allow_none=True)
    on_request = fields.Boolean()
    requested_at = Timestamp()
    granted_starts_at = Timestamp(allow_none=True)
    granted_ends_at = Timestamp(allow_none=True)
    asked_at = Timestamp()
    supplement_id = Id(allow_none=True)
    resolved_at = Timestamp(allow_none=True)
    appeal = fields.Nested(AppealOfObjection, allow_none=True)
    note = fields.String()
    witness = fields.String(allow_none=True)
    contact_masked = fields.String(allow_none=True)
    by_volunteer = fields.Boolean()
    minutes_before = fields.Integer(allow_none=True)
    record_status = fields.String(allow_none=True)
    record_starts_at = Timestamp(allow_none=True)
    record_ends_at = Timestamp(allow_none=True)
    record_minutes = fields.Integer(allow_none=True)
    objection_text = fields.String()
    objection_status = fields.String()
    objection_reason = fields.String(allow_none=True)
    objection_minutes_before = fields.Integer(allow_none=True)
    decided_at = Timestamp(allow_none=True)
    decision_reason = fields.String(allow_none=True)


AnyReviewPage = page_of(AnyReview)


class _Verdict(Request):
    """Approve or reject; a rejection says why (notice, attachment 2, 三.5).

    ``reason_code``: one of ``GET /review-reasons`` for this kind. Each kind has its own, so the service looks it up.
    """

    approve = fields.Boolean(required=True)
    reason = Text(min=0, max=500, multiline=True, load_default=None, allow_none=True)
    reason_code = Text(max=40, load_default=None, allow_none=True)

    @ma.validates_schema
    def _says_why(self, data: dict[str, object], **_: object) -> None:
        if not data["approve"] and not data["reason"] and not data.get("reason_code"):
            raise ma.ValidationError(rule("required", "不通过时必须说明原因", "is required to reject"), "reason")


class DecideReview(_Verdict):
    """``POST /reviews/{kind}/{id}/decision``.

    To approve means to grant a correction as it was asked for, to confirm missing hours by the files of their claim, to
    uphold an objection or an appeal. These four have no ``reason_code``, and the last two never go without a
    ``reason``; of a record they are upheld where they are decided by themselves, with the time that was really served.
    Where a mere yes is too little, ``approve`` is refused with ``needs_time`` or ``needs_evidence``; the message says
    which route takes more.
    """

    class Meta:
        command = commands.DecideReview

    kind = Text(max=20, required=True)
    id = Id(required=True)


class Decision(Request):
    """One of many. What is wrong with it is part of its own result, and stops none of the others."""

    class Meta:
        command = commands.Decision

    id = Id(required=True)
    approve = fields.Boolean(required=True)
    reason = Text(min=0, max=500, multiline=True, load_default=None, allow_none=True)
    reason_code = Text(max=40, load_default=None, allow_none=True)


class DecideReviews(Request):
    """``POST /reviews/{kind}/decisions``."""

    class Meta:
        command = commands.DecideReviews

    kind = Text(max=20, required=True)
    decisions = list_of(fields.Nested(Decision), min=1, max=100, required=True)


class ListReviewReasons(Request):
    """``GET /review-reasons``: of a kind of reviews; memberships and organizations share theirs."""

    class Meta:
        command = commands.ListReviewReasons

    kind = Text(max=20, load_default="memberships")


class ReviewReason(Answer):
    """A reason to choose from."""

    code = fields.String()
    zh = fields.String()
    en = fields.String()


class ReviewReasons(Answer):
    """All of them."""

    items = fields.List(fields.Nested(ReviewReason))


class ReviewHistory(Request):
    """``GET /reviews/{kind}/{id}/history``."""

    class Meta:
        command = commands.ReviewHistory

    kind = Text(max=20, required=True)
    id = Id(required=True)


class DecisionOfHistory(PastDecision):
    """A decision, which account made it, and in whose place."""

    decided_by = Id(allow_none=True)
    on_behalf_of = Id(allow_none=True)


class DecisionHistory(Answer):
    """Newest first."""

    items = fields.List(fields.Nested(DecisionOfHistory))


class Decided(Answer):
    """What it was decided to be."""

    id = Id()
    kind = fields.String()
    status = fields.String()


class Refusal(Answer):
    """Why one of many was not decided."""

    code = fields.String()
    detail = fields.String()


class Result(Answer):
    """The result of one of many: a status, or an error."""

    id = Id()
    status = fields.String(allow_none=True)
    error = fields.Nested(Refusal, allow_none=True)


class DecidedMany(Answer):
    """Results in the order of the request."""

    items = fields.List(fields.Nested(Result))
