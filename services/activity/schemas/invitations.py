"""Invitations."""

from __future__ import annotations

from typing import Any

import marshmallow as ma
from marshmallow import fields

from services.activity import commands
from services.activity.schemas.activities import skills_field
from services.chassis.schema import (
    Answer,
    Id,
    RegionCode,
    Request,
    list_of,
    rule,
)


class InvitationFilter(Request):
    """Own volunteers with all of the skills who live in the region; ``{}`` is everybody."""

    class Meta:
        command = commands.InvitationFilter

    skills = skills_field(load_default=list)
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
