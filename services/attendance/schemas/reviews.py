"""Supplements and their reviews, for RPC and HTTP alike."""

from __future__ import annotations

from marshmallow import fields

from services.attendance import commands
from services.attendance.domain import REVIEWED_AS
from services.chassis.schema import Answer, Id, PageRequest, Request, Text, Timestamp, list_of, one_of, page_of

MAX_EVIDENCE = 10
MAX_DECISIONS = 100


class SupplementForm(Request):
    """``POST /activities/{activity_id}/supplements``, as a client sends it: ``evidence`` are upload ids."""

    activity_id = Id(required=True)
    volunteer_id = Id(required=True)
    shift_id = Id(required=True)
    starts_at = Timestamp(required=True)
    ends_at = Timestamp(required=True)
    reason = Text(max=500, multiline=True, required=True)
    evidence = list_of(Id(), min=1, max=MAX_EVIDENCE, required=True)


class EvidenceFile(Request):
    """What the gateway knows of an upload: it was the caller's own, and these are its bytes' hash and kind."""

    class Meta:
        command = commands.EvidenceFile

    upload_id = Id(required=True)
    sha256 = Text(min=64, max=64, required=True)
    content_type = Text(max=100, required=True)
    name = Text(max=200, required=True)


class SubmitSupplement(SupplementForm):
    """The same, with what the gateway knows of each upload."""

    class Meta:
        command = commands.SubmitSupplement

    evidence = list_of(fields.Nested(EvidenceFile), min=1, max=MAX_EVIDENCE, required=True)


class SubmittedSupplement(Answer):
    """The supplement on its way to the superior."""

    supplement_id = Id(attribute="id")
    status = fields.String()
    minutes = fields.Integer()


class ListReviews(PageRequest):
    """``GET /reviews/{kind}`` with the kind ``supplements``."""

    class Meta:
        command = commands.ListReviews

    kind = one_of(["supplements"], required=True)
    status = one_of(REVIEWED_AS, load_default="pending")


class EvidenceToJudge(Answer):
    """A file to look at; ``used_elsewhere``: the very same bytes speak for other hours, too.

    Other hours are somebody else's, or at another shift.
    """

    upload_id = Id()
    content_type = fields.String()
    name = fields.String()
    used_elsewhere = fields.Boolean()


class VolunteersWord(Answer):
    """What the volunteer had said themselves: the time wanted, their note, and who saw it.

    ``files_are_theirs``: the supplement's files came from the volunteer; the organizer added none.
    """

    starts_at = Timestamp()
    ends_at = Timestamp()
    note = fields.String()
    witness = fields.String(allow_none=True)
    files_are_theirs = fields.Boolean()


class SupplementReview(Answer):
    """A supplement as its superior sees it; ``asked_by_volunteer``: what they said, if they missed the hours."""

    id = Id()
    kind = fields.String()
    status = fields.String()
    submitted_at = Timestamp()
    age_days = fields.Integer()
    volunteer_id = Id()
    name = fields.String()
    organization_id = Id()
    activity_id = Id()
    shift_id = Id()
    title = fields.String()
    starts_at = Timestamp()
    ends_at = Timestamp()
    minutes = fields.Integer()
    reason = fields.String()
    evidence = fields.List(Id())
    files = fields.List(fields.Nested(EvidenceToJudge))
    rejection_reason = fields.String(allow_none=True)
    asked_by_volunteer = fields.Nested(VolunteersWord, allow_none=True)


SupplementReviewPage = page_of(SupplementReview)


class CountReviews(Request):
    """``GET /reviews``."""

    class Meta:
        command = commands.CountReviews


class WaitingSince(Answer):
    """When the oldest of each kind that waits was handed in; null where none waits."""

    supplements = Timestamp(allow_none=True)
    hours = Timestamp(allow_none=True)
    corrections = Timestamp(allow_none=True)
    missing_entries = Timestamp(allow_none=True)
    objections = Timestamp(allow_none=True)
    appeals = Timestamp(allow_none=True)


class ReviewCounts(Answer):
    """How many of attendance's kinds wait for the caller, and since when."""

    supplements = fields.Integer()
    hours = fields.Integer()
    corrections = fields.Integer()
    missing_entries = fields.Integer()
    objections = fields.Integer()
    appeals = fields.Integer()
    waiting_since = fields.Nested(WaitingSince)


class DecideReview(Request):
    """``POST /reviews/{kind}/{id}/decision``."""

    class Meta:
        command = commands.DecideReview

    kind = one_of(["supplements"], required=True)
    id = Id(required=True)
    approve = fields.Boolean(required=True)
    reason = Text(min=0, max=500, multiline=True, load_default=None, allow_none=True)
    reason_code = Text(max=40, load_default=None, allow_none=True)


class DecidedReview(Answer):
    """What was decided."""

    id = Id()
    kind = fields.String()
    status = fields.String()


class Decision(Request):
    """One of many decisions."""

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

    kind = one_of(["supplements"], required=True)
    decisions = list_of(fields.Nested(Decision), min=1, max=MAX_DECISIONS, required=True)


class ListReviewReasons(Request):
    """``GET /review-reasons`` with the kind ``supplements`` or ``hours``."""

    class Meta:
        command = commands.ListReviewReasons

    kind = one_of(["supplements", "hours"], required=True)


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

    kind = one_of(["supplements"], required=True)
    id = Id(required=True)


class PastDecision(Answer):
    """A decision, which account made it, and in whose place."""

    outcome = fields.String(attribute="status")
    reason = fields.String(attribute="decision_reason", allow_none=True)
    decided_at = Timestamp()
    decided_by = Id(allow_none=True)
    on_behalf_of = Id(allow_none=True)


class DecisionHistory(Answer):
    """Newest first."""

    items = fields.List(fields.Nested(PastDecision))


class DecisionRefusal(Answer):
    """Why one decision was not taken."""

    code = fields.String()
    detail = fields.String()


class DecisionResult(Answer):
    """What came of one of many decisions: a status or an error."""

    id = Id()
    status = fields.String(allow_none=True)
    error = fields.Nested(DecisionRefusal, allow_none=True)


class DecisionResults(Answer):
    """The results, in the order of the decisions."""

    items = fields.List(fields.Nested(DecisionResult))


class MaySeeUpload(Request):
    """Asked by the gateway, for ``GET /uploads/{upload_id}``."""

    class Meta:
        command = commands.MaySeeUpload

    upload_id = Id(required=True)


class UploadAccess(Answer):
    """Whether the caller may."""

    allowed = fields.Boolean()
