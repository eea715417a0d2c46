"""Codes and scans, for RPC and HTTP alike."""

from __future__ import annotations

from marshmallow import fields, validate

from services.attendance import commands
from services.attendance.domain import Direction, Place
from services.chassis.schema import Answer, Id, Request, Text, Timestamp, one_of, rule


def _degrees(limit: int) -> fields.Float:
    zh, en = f"应在 -{limit} 与 {limit} 之间", f"must be between -{limit} and {limit}"
    within = validate.Range(min=-limit, max=limit, error=rule("out_of_range", zh, en))
    return fields.Float(required=True, validate=within)


class ShowCode(Request):
    """``GET /activities/{activity_id}/shifts/{shift_id}/attendance-code``."""

    class Meta:
        command = commands.ShowCode

    activity_id = Id(required=True)
    shift_id = Id(required=True)
    kind = one_of(Direction, required=True)


class AttendanceCode(Answer):
    """A code to show as a QR, and when the next one takes its place."""

    token = fields.String()
    kind = fields.String()
    valid_until = Timestamp()


class PrintCode(ShowCode):
    """``GET /activities/{activity_id}/shifts/{shift_id}/static-attendance-code``."""

    class Meta:
        command = commands.PrintCode


class PrintedCode(Answer):
    """A code to print; scans of it are taken from ``valid_from`` up to ``valid_until``, and marked ``static_code``."""

    token = fields.String()
    kind = fields.String()
    valid_from = Timestamp()
    valid_until = Timestamp()


class Location(Request):
    """Where the phone says that it is, in degrees (WGS 84)."""

    class Meta:
        command = Place

    latitude = _degrees(90)
    longitude = _degrees(180)


class ScanCode(Request):
    """``POST /attendance/scans``. ``nonce``: the phone's own name of this scan; sent again, it changes nothing.

    ``device``: what the app calls its own installation, random and kept; only a digest of it stays.
    """

    class Meta:
        command = commands.ScanCode

    token = Text(max=200, required=True)
    nonce = Text(min=8, max=64, required=True)
    scanned_at = Timestamp(load_default=None, allow_none=True)
    location = fields.Nested(Location, load_default=None, allow_none=True)
    device = Text(min=8, max=128, load_default=None, allow_none=True)


class ScannedRecord(Answer):
    """The service record that a scan opened or closed. ``minutes`` counts once it is closed."""

    record_id = Id(attribute="id")
    activity_id = Id()
    shift_id = Id()
    status = fields.String()
    signed_in_at = Timestamp()
    signed_out_at = Timestamp(allow_none=True)
    minutes = fields.Integer()
