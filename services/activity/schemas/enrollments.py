"""Taking part: requests and answers."""

from __future__ import annotations

from typing import Any

import marshmallow as ma
from marshmallow import fields

from services.activity import commands
from services.activity.domain.reasons import REASONS
from services.activity.domain.states import EnrollmentStatus
from services.chassis.schema import (
    Answer,
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


class Enroll(Request):
    """``POST /activities/{activity_id}/enrollments``.

    ``accompanied_by``: the adult who comes along, for whoever is too young to come alone on the day of the shift
    (``must_be_accompanied`` of ``GET /me``); of anybody else it is not kept.
    """

    class Meta:
        command = commands.Enroll

    activity_id = Id(required=True)
    shift_id = Id(required=True)
    accompanied_by = Text(max=50, load_default=None, allow_none=True)


class WithdrawEnrollment(Request):
    """``DELETE /enrollments/{enrollment_id}``."""

    class Meta:
        command = commands.WithdrawEnrollment

    enrollment_id = Id(required=True)


class AnswerOffer(Request):
    """``POST /enrollments/{enrollment_id}/offer-response``."""

    class Meta:
        command = commands.AnswerOffer

    enrollment_id = Id(required=True)
    accept = fields.Boolean(required=True)


class DecideEnrollment(Request):
    """``POST /enrollments/{enrollment_id}/decision``; a rejection must state a reason.

    ``reason_code``: one of ``GET /review-reasons?kind=enrollments``; ``reason``: more, or other, in words of one's own.
    """

    class Meta:
        command = commands.DecideEnrollment

    enrollment_id = Id(required=True)
    accept = fields.Boolean(required=True)
    reason = Text(max=500, load_default=None, allow_none=True)
    reason_code = one_of(REASONS.words, load_default=None, allow_none=True)

    @ma.validates_schema
    def _rejection_has_a_reason(self, data: dict[str, Any], **_: Any) -> None:
        if not data["accept"] and data["reason"] is None and data["reason_code"] is None:
            raise ma.ValidationError(rule("required", "拒绝时必须说明原因", "is required to reject"), "reason")


class DecideEnrollments(Request):
    """``POST /activities/{activity_id}/enrollment-decisions``."""

    class Meta:
        command = commands.DecideEnrollments

    activity_id = Id(required=True)
    decisions = list_of(fields.Nested(DecideEnrollment), min=1, max=100, required=True)


class ListRejectionReasons(Request):
    """``GET /review-reasons`` with the kind ``enrollments``."""

    class Meta:
        command = commands.ListRejectionReasons

    kind = one_of(["enrollments"], required=True)


class RejectionReason(Answer):
    """A reason to choose from."""

    code = fields.String()
    zh = fields.String()
    en = fields.String()


class RejectionReasons(Answer):
    """All of them."""

    items = fields.List(fields.Nested(RejectionReason))


class Enrollment(Answer):
    """An enrollment. ``position``: how many are in line up to and including this one, while it waits.

    ``reason``: why it was rejected, in words, those of ``reason_code`` included.
    ``accompanied_by``: the adult who comes along, if one has to. ``source``: ``self`` or ``walk_in`` (let in
    on the spot). ``late``: withdrawn shortly before the start. ``signed_in_at`` and ``minutes``: what attendance tells.
    """

    enrollment_id = Id()
    activity_id = Id()
    shift_id = Id()
    volunteer_id = Id()
    status = fields.String()
    reason = fields.String(allow_none=True)
    reason_code = fields.String(allow_none=True)
    position = fields.Integer(allow_none=True)
    accompanied_by = fields.String(allow_none=True)
    offer_expires_at = Timestamp(allow_none=True)
    source = fields.String()
    late = fields.Boolean()
    signed_in_at = Timestamp(allow_none=True)
    minutes = fields.Integer()
    created_at = Timestamp()


class ItemError(Answer):
    """Why one of many was refused."""

    code = fields.String()
    detail = fields.String()


class DecisionResult(Answer):
    """What became of one decision of many: a status, or an error."""

    enrollment_id = Id()
    status = fields.String(allow_none=True)
    error = fields.Nested(ItemError, allow_none=True)


class DecisionResults(Answer):
    """One result for each decision, in their order."""

    items = fields.List(fields.Nested(DecisionResult))


class ListEnrollments(PageRequest):
    """``GET /activities/{activity_id}/enrollments``.

    ``missing``: those who were accepted, and neither signed in nor have hours, though their shift is over; who of them
    was absent is for the organizer to say.
    """

    class Meta:
        command = commands.ListEnrollments

    activity_id = Id(required=True)
    shift_id = Id(load_default=None)
    status = one_of(EnrollmentStatus, load_default=None)
    missing = fields.Boolean(load_default=False)


class EnrollmentOfVolunteer(Enrollment):
    """An enrollment with who it is, for organizers; ``must_be_accompanied``: for their age on the day of the shift."""

    volunteer_name = fields.String()
    volunteer_no = fields.String()
    must_be_accompanied = fields.Boolean()


EnrollmentPage = page_of(EnrollmentOfVolunteer)


class ListMyActivities(PageRequest):
    """``GET /me/activities``."""

    class Meta:
        command = commands.ListMyActivities

    state = one_of(("enrolled", "accepted", "ended"), load_default=None)


class ActivitySummary(Answer):
    """As much of an activity as a list of one's own needs; ``phase`` is that of one's shift."""

    activity_id = Id()
    organization_id = Id()
    title = fields.String()
    region = fields.String()
    address = fields.String()
    status = fields.String()
    phase = fields.String()
    revocation_reason = fields.String(allow_none=True)


class OwnShift(Answer):
    """When, and as what."""

    shift_id = Id(attribute="id")
    starts_at = Timestamp()
    ends_at = Timestamp()
    role = fields.String(allow_none=True)


class MyActivity(Enrollment):
    """One's own enrollment with its activity and shift. ``withdraw_by``: after it, leaving a place is late."""

    withdraw_by = Timestamp()

    activity = fields.Nested(ActivitySummary)
    shift = fields.Nested(OwnShift)


class MyActivityPage(Answer):
    """A page; with how often one was absent, and withdrew late, in all."""

    items = fields.List(fields.Nested(MyActivity))
    next_cursor = fields.String(allow_none=True)
    absences = fields.Integer()
    late_withdrawals = fields.Integer()
