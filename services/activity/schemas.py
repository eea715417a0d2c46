"""Activity's requests and answers, for RPC and HTTP alike."""

from __future__ import annotations

from typing import Any

import marshmallow as ma
from marshmallow import fields, validate

from services.activity import commands
from services.activity.domain.enrolling import Requirements as RequirementsValue
from services.activity.domain.places import Circle
from services.activity.domain.states import ActivityStatus, Approval, EnrollmentStatus
from services.chassis.schema import (
    Answer,
    Day,
    Id,
    PageRequest,
    RegionCode,
    Request,
    Text,
    Timestamp,
    list_of,
    one_of,
    page_of,
    rule,
    whole_number,
)


def _between(low: float, high: float) -> validate.Range:
    zh, en = f"应在 {low} 与 {high} 之间", f"must be between {low} and {high}"
    return validate.Range(min=low, max=high, error=rule("out_of_range", zh, en))


def _skills(**options: Any) -> fields.List[Any]:
    return list_of(Text(max=40), max=20, **options)


class Near(fields.String):
    """``latitude,longitude,kilometres``."""

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> Any:
        text = str(super()._deserialize(value, attr, data, **kwargs))
        try:
            latitude, longitude, km = map(float, text.split(","))
        except ValueError:
            latitude = longitude = km = float("nan")
        if -90 <= latitude <= 90 and -180 <= longitude <= 180 and 0 < km <= 500:
            return Circle(latitude, longitude, km)
        raise ma.ValidationError(
            rule("bad_near", "应为 纬度,经度,公里数（至多 500）", "must be latitude,longitude,kilometres (at most 500)")
        )


class Location(Request):
    """A point in degrees of WGS 84, and how near to it scans must be (FACTS.md: 500 m is usual)."""

    class Meta:
        command = commands.Location

    latitude = fields.Float(required=True, validate=_between(-90, 90))
    longitude = fields.Float(required=True, validate=_between(-180, 180))
    fence_metres = whole_number(min=50, max=10_000, load_default=None, allow_none=True)


class Requirements(Request):
    """Who may take part."""

    class Meta:
        command = RequirementsValue

    min_age = whole_number(min=0, max=120, load_default=None, allow_none=True)
    max_age = whole_number(min=0, max=120, load_default=None, allow_none=True)
    skills = _skills(load_default=list)
    members_only = fields.Boolean(load_default=False)


class NewShift(Request):
    """A shift with its own places."""

    class Meta:
        command = commands.ShiftInput

    starts_at = Timestamp(required=True)
    ends_at = Timestamp(required=True)
    capacity = whole_number(min=1, max=100_000, required=True)
    role = Text(max=40, load_default=None, allow_none=True)


class EditedShift(NewShift):
    """A shift; with ``shift_id`` the one that is there already."""

    shift_id = Id(load_default=None, allow_none=True)


class CreateActivity(Request):
    """``POST /activities``: a draft. All but the organization and the title may follow until publication."""

    class Meta:
        command = commands.CreateActivity

    organization_id = Id(required=True)
    title = Text(min=2, max=100, required=True)
    category = Text(max=40, load_default="")
    description = Text(max=10_000, multiline=True, load_default="")
    region = RegionCode(load_default="")
    address = Text(max=200, load_default="")
    location = fields.Nested(Location, load_default=None, allow_none=True)
    enroll_by = Timestamp(load_default=None, allow_none=True)
    contact = Text(max=100, load_default="")
    insurance_note = Text(max=500, load_default="")
    requirements = fields.Nested(Requirements, load_default=RequirementsValue)
    approval = one_of(Approval, load_default=Approval.MANUAL.value)
    shifts = list_of(fields.Nested(NewShift), max=100, load_default=list)


class EditActivity(Request):
    """``PATCH /activities/{activity_id}``: what is not named stays; ``shifts`` are given all or not at all."""

    class Meta:
        command = commands.EditActivity.of

    activity_id = Id(required=True)
    title = Text(min=2, max=100)
    category = Text(max=40)
    description = Text(max=10_000, multiline=True)
    region = RegionCode()
    address = Text(max=200)
    location = fields.Nested(Location, allow_none=True)
    enroll_by = Timestamp(allow_none=True)
    contact = Text(max=100)
    insurance_note = Text(min=0, max=500)
    requirements = fields.Nested(Requirements)
    approval = one_of(Approval)
    shifts = list_of(fields.Nested(EditedShift), max=100)


class PublishActivity(Request):
    """``POST /activities/{activity_id}/publication``."""

    class Meta:
        command = commands.PublishActivity

    activity_id = Id(required=True)


class RevokeActivity(Request):
    """``POST /activities/{activity_id}/revocation``."""

    class Meta:
        command = commands.RevokeActivity

    activity_id = Id(required=True)
    reason = Text(max=500, required=True)


class CopyActivity(Request):
    """``POST /activities/{activity_id}/copies``; ``starts_on`` moves the copy so that it begins on that day."""

    class Meta:
        command = commands.CopyActivity

    activity_id = Id(required=True)
    starts_on = Day(load_default=None, allow_none=True)


class GetActivity(Request):
    """``GET /activities/{activity_id}``."""

    class Meta:
        command = commands.GetActivity

    activity_id = Id(required=True)


class SearchActivities(PageRequest):
    """``GET /activities``. ``from`` and ``to`` are days, both included; without them, what has not ended.

    ``organization_id`` takes in everything below it; ``status=draft`` shows the caller's own drafts.
    """

    class Meta:
        command = commands.SearchActivities

    q = Text(max=100, load_default=None)
    region = RegionCode(load_default=None)
    category = Text(max=40, load_default=None)
    from_day = Day(data_key="from", load_default=None)
    to_day = Day(data_key="to", load_default=None)
    near = Near(load_default=None, metadata={"description": "latitude,longitude,kilometres"})
    open = fields.Boolean(load_default=None)
    organization_id = Id(load_default=None)
    status = one_of(ActivityStatus, load_default=ActivityStatus.PUBLISHED.value)
    sort = one_of(("start", "distance", "newest"), load_default="start")

    @ma.validates_schema
    def _distance_needs_a_point(self, data: dict[str, Any], **_: Any) -> None:
        if data.get("sort") == "distance" and data.get("near") is None:
            raise ma.ValidationError(rule("required", "按距离排序时必填", "is required to sort by distance"), "near")


class LocationAnswer(Answer):
    """Where it is, and how near scans must be."""

    latitude = fields.Float()
    longitude = fields.Float()
    fence_metres = fields.Integer(allow_none=True)


class RequirementsAnswer(Answer):
    """Who may take part."""

    min_age = fields.Integer(allow_none=True)
    max_age = fields.Integer(allow_none=True)
    skills = fields.List(fields.String())
    members_only = fields.Boolean()


class Shift(Answer):
    """A shift. ``accepted``: places given; ``open``: places that can be taken right now."""

    shift_id = Id()
    starts_at = Timestamp()
    ends_at = Timestamp()
    capacity = fields.Integer()
    role = fields.String(allow_none=True)
    accepted = fields.Integer()
    open = fields.Integer()


class Activity(Answer):
    """An activity. ``phase``: upcoming, ongoing, ended, or null while there are no shifts."""

    activity_id = Id()
    organization_id = Id()
    status = fields.String()
    phase = fields.String(allow_none=True)
    title = fields.String()
    category = fields.String()
    description = fields.String()
    region = fields.String()
    address = fields.String()
    location = fields.Nested(LocationAnswer, allow_none=True)
    enroll_by = Timestamp(allow_none=True)
    contact = fields.String()
    insurance_note = fields.String()
    requirements = fields.Nested(RequirementsAnswer)
    approval = fields.String()
    shifts = fields.List(fields.Nested(Shift))
    created_at = Timestamp()
    published_at = Timestamp(allow_none=True)
    revoked_at = Timestamp(allow_none=True)
    revocation_reason = fields.String(allow_none=True)


class FoundActivity(Activity):
    """An activity in a list; the distance is from ``near``."""

    distance_metres = fields.Integer(allow_none=True)


ActivityPage = page_of(FoundActivity)


class Enroll(Request):
    """``POST /activities/{activity_id}/enrollments``."""

    class Meta:
        command = commands.Enroll

    activity_id = Id(required=True)
    shift_id = Id(required=True)


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
    """``POST /enrollments/{enrollment_id}/decision``; a rejection must state a reason."""

    class Meta:
        command = commands.DecideEnrollment

    enrollment_id = Id(required=True)
    accept = fields.Boolean(required=True)
    reason = Text(max=500, load_default=None, allow_none=True)

    @ma.validates_schema
    def _rejection_has_a_reason(self, data: dict[str, Any], **_: Any) -> None:
        if not data["accept"] and data["reason"] is None:
            raise ma.ValidationError(rule("required", "拒绝时必须说明原因", "is required to reject"), "reason")


class DecideEnrollments(Request):
    """``POST /activities/{activity_id}/enrollment-decisions``."""

    class Meta:
        command = commands.DecideEnrollments

    activity_id = Id(required=True)
    decisions = list_of(fields.Nested(DecideEnrollment), min=1, max=100, required=True)


class Enrollment(Answer):
    """An enrollment. ``position``: how many are in line up to and including this one, while it waits."""

    enrollment_id = Id()
    activity_id = Id()
    shift_id = Id()
    volunteer_id = Id()
    status = fields.String()
    reason = fields.String(allow_none=True)
    position = fields.Integer(allow_none=True)
    offer_expires_at = Timestamp(allow_none=True)
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
    """``GET /activities/{activity_id}/enrollments``."""

    class Meta:
        command = commands.ListEnrollments

    activity_id = Id(required=True)
    shift_id = Id(load_default=None)
    status = one_of(EnrollmentStatus, load_default=None)


class EnrollmentOfVolunteer(Enrollment):
    """An enrollment with who it is, for organizers."""

    volunteer_name = fields.String()
    volunteer_no = fields.String()


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
    """One's own enrollment with its activity and shift."""

    activity = fields.Nested(ActivitySummary)
    shift = fields.Nested(OwnShift)


MyActivityPage = page_of(MyActivity)


class InvitationFilter(Request):
    """Own volunteers with all of the skills who live in the region; ``{}`` is everybody."""

    class Meta:
        command = commands.InvitationFilter

    skills = _skills(load_default=list)
    region = RegionCode(load_default=None, allow_none=True)


class InviteVolunteers(Request):
    """``POST /activities/{activity_id}/invitations``: ``volunteer_ids`` or ``filter``."""

    class Meta:
        command = commands.InviteVolunteers

    activity_id = Id(required=True)
    volunteer_ids = list_of(Id(), min=1, max=500, load_default=None)
    filter = fields.Nested(InvitationFilter, load_default=None)

    @ma.validates_schema
    def _one_way_of_choosing(self, data: dict[str, Any], **_: Any) -> None:
        if (data.get("volunteer_ids") is None) == (data.get("filter") is None):
            raise ma.ValidationError(
                rule("one_of_two", "volunteer_ids 与 filter 须且只能填一项", "give either volunteer_ids or filter"),
                "volunteer_ids",
            )


class Invitations(Answer):
    """How many were invited, how many were not, and why not (reason: number)."""

    invited = fields.Integer()
    skipped = fields.Integer()
    skipped_reasons = fields.Dict(keys=fields.String(), values=fields.Integer())
