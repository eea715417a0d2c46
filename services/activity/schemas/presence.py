"""Who came and who did not: requests."""

from __future__ import annotations

from typing import Any

import marshmallow as ma
from marshmallow import fields

from services.activity import commands
from services.chassis.schema import Id, Request, Text, rule


class AdmitWalkIn(Request):
    """``POST /activities/{activity_id}/walk-ins``: ``volunteer_no`` (as their app shows it) or ``volunteer_id``.

    ``over_capacity``: let them in although every place is somebody's, who may still come.
    """

    class Meta:
        command = commands.AdmitWalkIn

    activity_id = Id(required=True)
    shift_id = Id(required=True)
    volunteer_no = Text(max=20, load_default=None)
    volunteer_id = Id(load_default=None)
    accompanied_by = Text(max=50, load_default=None, allow_none=True)
    over_capacity = fields.Boolean(load_default=False)

    @ma.validates_schema
    def _one_way_of_naming(self, data: dict[str, Any], **_: Any) -> None:
        if (data.get("volunteer_no") is None) == (data.get("volunteer_id") is None):
            zh, en = "volunteer_no 与 volunteer_id 须且只能填一项", "give either volunteer_no or volunteer_id"
            raise ma.ValidationError(rule("one_of_two", zh, en), "volunteer_no")


class RecordAbsence(Request):
    """``POST /enrollments/{enrollment_id}/absence``."""

    class Meta:
        command = commands.RecordAbsence

    enrollment_id = Id(required=True)


class RevokeAbsence(Request):
    """``DELETE /enrollments/{enrollment_id}/absence``."""

    class Meta:
        command = commands.RevokeAbsence

    enrollment_id = Id(required=True)
