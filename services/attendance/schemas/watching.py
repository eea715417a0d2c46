"""The live screen of a shift, for RPC and HTTP alike."""

from __future__ import annotations

from marshmallow import fields

from services.attendance import commands
from services.attendance.schemas.scans import AttendanceCode, ShowCode
from services.chassis.schema import Answer, Id, Text, Timestamp


class WatchAttendance(ShowCode):
    """``GET /activities/{activity_id}/shifts/{shift_id}/attendance-stream``.

    ``since``: the id of the last event seen; the header ``Last-Event-ID`` says the same.
    """

    class Meta:
        command = commands.WatchAttendance

    since = Text(max=80, load_default=None, allow_none=True)


class WatchedRecord(Answer):
    """Somebody who has come, and perhaps gone; the name is masked. What comes again replaces what came before."""

    record_id = Id()
    version = fields.Integer()
    name = fields.String()
    status = fields.String()
    provenance = fields.String()
    signed_in_at = Timestamp(allow_none=True)
    signed_out_at = Timestamp(allow_none=True)
    minutes = fields.Integer()


class AttendanceNow(Answer):
    """What the RPC answers to one look. ``signed_in``: how many are there, where something has changed."""

    code = fields.Nested(AttendanceCode)
    items = fields.List(fields.Nested(WatchedRecord))
    cursor = fields.String()
    more = fields.Boolean()
    signed_in = fields.Integer(allow_none=True)


class CodeEvent(AttendanceCode):
    """``event: code``, at each step: the code to show, drawn as SVG."""

    svg = fields.String()


class AttendanceEvent(Answer):
    """``event: attendance``, when something has changed; its id goes into ``Last-Event-ID``."""

    items = fields.List(fields.Nested(WatchedRecord))
    signed_in = fields.Integer(allow_none=True)
