"""Hours that are overdue, for RPC and HTTP alike."""

from __future__ import annotations

from marshmallow import fields

from services.attendance import commands
from services.chassis.schema import Answer, Day, Id, PageRequest, Timestamp, page_of


class ListOverdueRecords(PageRequest):
    """``GET /organizations/{organization_id}/overdue-records``."""

    class Meta:
        command = commands.ListOverdueRecords

    organization_id = Id(required=True)


class MissingAtShift(Answer):
    """How many accepted volunteers of a shift have neither a record nor an absence."""

    shift_id = Id()
    starts_at = Timestamp()
    ends_at = Timestamp()
    volunteers = fields.Integer()


class OverdueActivity(Answer):
    """An activity whose hours should have been recorded by ``due_on``; ``volunteers``: of how many they are missing."""

    activity_id = Id()
    organization_id = Id()
    title = fields.String()
    ended_at = Timestamp()
    due_on = Day()
    working_days_overdue = fields.Integer()
    volunteers = fields.Integer()
    shifts = fields.List(fields.Nested(MissingAtShift))


OverdueActivityPage = page_of(OverdueActivity)
