"""Invitations: requests and answers."""

from __future__ import annotations

from typing import Any

import marshmallow as ma
from marshmallow import fields

from services.activity import commands
from services.activity.domain.inviting import Outcome
from services.activity.schemas.activities import skills_field
from services.chassis.schema import (
    Answer,
    Id,
    PageRequest,
    RegionCode,
    Request,
    Timestamp,
    list_of,
    one_of,
    page_of,
    rule,
    whole_number,
)


class InvitationFilter(Request):
    """Own active volunteers; ``{}`` is all of them.

    With all of the ``skills``, living in ``region`` (a district, city or province), of such an age on the first day of
    the activity; ``served_before``: with hours at another activity of the organization, or of one below it.
    """

    class Meta:
        command = commands.InvitationFilter

    skills = skills_field(load_default=list)
    region = RegionCode(load_default=None, allow_none=True)
    min_age = whole_number(min=0, max=150, load_default=None, allow_none=True)
    max_age = whole_number(min=0, max=150, load_default=None, allow_none=True)
    served_before = fields.Boolean(load_default=False)


class InviteVolunteers(Request):
    """``POST /activities/{activity_id}/invitations``: ``volunteer_ids`` or ``filter``."""

    class Meta:
        command = commands.InviteVolunteers

    activity_id = Id(required=True)
    volunteer_ids = list_of(Id(), min=1, max=10_000, load_default=None)
    filter = fields.Nested(InvitationFilter, load_default=None)

    @ma.validates_schema
    def _one_way_of_choosing(self, data: dict[str, Any], **_: Any) -> None:
        if (data.get("volunteer_ids") is None) == (data.get("filter") is None):
            raise ma.ValidationError(
                rule("one_of_two", "volunteer_ids 与 filter 须且只能填一项", "give either volunteer_ids or filter"),
                "volunteer_ids",
            )


class Invitations(Answer):
    """How many were invited, how many were not, and why not (reason: number). ``more``: the filter finds others still,
    whom the same request would invite next.
    """

    invited = fields.Integer()
    skipped = fields.Integer()
    skipped_reasons = fields.Dict(keys=fields.String(), values=fields.Integer())
    more = fields.Boolean()


class ListInvitations(PageRequest):
    """``GET /activities/{activity_id}/invitations``."""

    class Meta:
        command = commands.ListInvitations

    activity_id = Id(required=True)
    outcome = one_of(Outcome, load_default=None)


class Invitation(Answer):
    """One invitation and what became of it, for organizers."""

    invitation_id = Id()
    volunteer_id = Id()
    volunteer_name = fields.String()
    volunteer_no = fields.String()
    invited_at = Timestamp()
    outcome = fields.String()
    declined_at = Timestamp(allow_none=True)


class InvitationPage(Answer):
    """A page; ``counts``: how many of all became what (outcome: number), whatever the page shows."""

    items = fields.List(fields.Nested(Invitation))
    next_cursor = fields.String(allow_none=True)
    counts = fields.Dict(keys=fields.String(), values=fields.Integer())


class ListMyInvitations(PageRequest):
    """``GET /me/invitations``."""

    class Meta:
        command = commands.ListMyInvitations

    outcome = one_of(Outcome, load_default=None)


class InvitedTo(Answer):
    """As much of an activity as its invitation needs."""

    activity_id = Id(attribute="id")
    organization_id = Id()
    title = fields.String()
    region = fields.String()
    address = fields.String()
    status = fields.String()
    starts_at = Timestamp()
    ends_at = Timestamp()
    enroll_by = Timestamp(allow_none=True)


class MyInvitation(Answer):
    """One's own invitation and what became of it."""

    invitation_id = Id()
    invited_at = Timestamp()
    outcome = fields.String()
    declined_at = Timestamp(allow_none=True)
    activity = fields.Nested(InvitedTo)


MyInvitationPage = page_of(MyInvitation)


class DeclineInvitation(Request):
    """``POST /invitations/{invitation_id}/decline``."""

    class Meta:
        command = commands.DeclineInvitation

    invitation_id = Id(required=True)
