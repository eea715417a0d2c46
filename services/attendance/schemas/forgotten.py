"""Forgotten sign-outs, for RPC and HTTP alike."""

from __future__ import annotations

from marshmallow import fields

from services.attendance import commands
from services.chassis.schema import Answer, Day, Id, PageRequest, Request, Text, Timestamp, list_of, page_of

MAX_SIGN_OUTS = 100


class ListOpenRecords(PageRequest):
    """``GET /organizations/{organization_id}/open-records``: of the organization and those below it."""

    class Meta:
        command = commands.ListOpenRecords

    organization_id = Id(required=True)
    activity_id = Id(load_default=None)


class OpenRecord(Answer):
    """Somebody signed in and never signed out, and no scan can close it any more."""

    record_id = Id()
    organization_id = Id()
    activity_id = Id()
    title = fields.String()
    shift_id = Id()
    shift_starts_at = Timestamp()
    shift_ends_at = Timestamp()
    volunteer_id = Id()
    name = fields.String(allow_none=True)
    date = Day()
    signed_in_at = Timestamp()
    provenance = fields.String()


OpenRecordPage = page_of(OpenRecord)


class EnterSignOut(Request):
    """``POST /service-records/{record_id}/sign-out``. ``signed_out_at`` lies inside the shift, after the sign-in."""

    class Meta:
        command = commands.EnterSignOut

    record_id = Id(required=True)
    signed_out_at = Timestamp(required=True)
    reason = Text(max=500, multiline=True, required=True)


class EnteredSignOut(Answer):
    """The record that was closed; ``minutes`` is what it counts."""

    record_id = Id()
    status = fields.String()
    provenance = fields.String()
    signed_in_at = Timestamp()
    signed_out_at = Timestamp()
    minutes = fields.Integer()


class EnterSignOuts(Request):
    """``POST /activities/{activity_id}/sign-outs``: one moment and one reason for many records."""

    class Meta:
        command = commands.EnterSignOuts

    activity_id = Id(required=True)
    record_ids = list_of(Id(), min=1, max=MAX_SIGN_OUTS, required=True)
    signed_out_at = Timestamp(required=True)
    reason = Text(max=500, multiline=True, required=True)


class SignOutRefusal(Answer):
    """Why one record was not closed."""

    code = fields.String()
    detail = fields.String()


class SignOutResult(Answer):
    """What came of one record: its minutes or an error."""

    record_id = Id()
    minutes = fields.Integer(allow_none=True)
    error = fields.Nested(SignOutRefusal, allow_none=True)


class SignOutResults(Answer):
    """The results, in the order of the records."""

    items = fields.List(fields.Nested(SignOutResult))
