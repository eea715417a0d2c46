"""Activities with their shifts: requests and answers, for RPC and HTTP alike."""

from __future__ import annotations

from typing import Any

from marshmallow import fields, validate

from services.activity import commands
from services.activity.domain.enrolling import Requirements as RequirementsValue
from services.activity.domain.states import Approval
from services.activity.schemas.series import Repeat, SeriesOfActivity, scope_field
from services.chassis.schema import (
    Answer,
    Day,
    Id,
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


def skills_field(**options: Any) -> fields.List[Any]:
    """A list of skills: at most 20, each of at most 40 characters."""
    return list_of(Text(max=40), max=20, **options)


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
    skills = skills_field(load_default=list)
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
    risk_note = Text(max=500, load_default="")
    requirements = fields.Nested(Requirements, load_default=RequirementsValue)
    approval = one_of(Approval, load_default=Approval.MANUAL.value)
    static_codes_allowed = fields.Boolean(load_default=False)
    shifts = list_of(fields.Nested(NewShift), max=100, load_default=list)
    repeat = fields.Nested(Repeat, load_default=None, allow_none=True)


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
    risk_note = Text(min=0, max=500)
    requirements = fields.Nested(Requirements)
    approval = one_of(Approval)
    static_codes_allowed = fields.Boolean()
    shifts = list_of(fields.Nested(EditedShift), max=100)
    scope = scope_field()


class PublishActivity(Request):
    """``POST /activities/{activity_id}/publication``."""

    class Meta:
        command = commands.PublishActivity

    activity_id = Id(required=True)
    scope = scope_field()


class RevokeActivity(Request):
    """``POST /activities/{activity_id}/revocation``."""

    class Meta:
        command = commands.RevokeActivity

    activity_id = Id(required=True)
    reason = Text(max=500, required=True)
    scope = scope_field()


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
    risk_note = fields.String()
    requirements = fields.Nested(RequirementsAnswer)
    approval = fields.String()
    static_codes_allowed = fields.Boolean()
    shifts = fields.List(fields.Nested(Shift))
    created_at = Timestamp()
    published_at = Timestamp(allow_none=True)
    revoked_at = Timestamp(allow_none=True)
    revocation_reason = fields.String(allow_none=True)
    series = fields.Nested(SeriesOfActivity, allow_none=True)


class EditWarning(Answer):
    """What an edit did besides. ``overlapping_enrollments``: a shift was moved onto what some of its volunteers hold or
    asked for elsewhere; they were told, and who withdraws from what is theirs to say.
    """

    code = fields.String()
    activity_id = Id()
    shift_id = Id()
    enrollment_ids = fields.List(Id())
    message = fields.String()


class EditedActivity(Activity):
    """An activity that was changed."""

    warnings = fields.List(fields.Nested(EditWarning))


OccurrencePage = page_of(Activity)
