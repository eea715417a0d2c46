"""Scans that are handed in later, for RPC and HTTP alike."""

from __future__ import annotations

from marshmallow import fields

from services.attendance import commands
from services.attendance.schemas.scans import Location, ScannedRecord
from services.chassis.schema import Answer, Id, PageRequest, Request, Text, Timestamp, list_of, one_of, page_of

MAX_SCANS = 100
LONGEST_QR = 4296  # characters: whatever a phone scanned by mistake must not spoil the rest of the upload


class KeptScan(Request):
    """A scan as the phone kept it."""

    class Meta:
        command = commands.KeptScan

    token = Text(max=LONGEST_QR, multiline=True, required=True)
    nonce = Text(min=8, max=64, required=True)
    scanned_at = Timestamp(required=True)
    location = fields.Nested(Location, load_default=None, allow_none=True)
    device = Text(min=8, max=128, load_default=None, allow_none=True)


class UploadScans(Request):
    """``POST /attendance/offline-scans``. The same nonces again change nothing, and answer what has come of them."""

    class Meta:
        command = commands.UploadScans

    scans = list_of(fields.Nested(KeptScan), min=1, max=MAX_SCANS, required=True)


class ScanRefusal(Answer):
    """Why a scan counts nothing, by itself or for now. The code is a refusal's or a conflict's kind."""

    code = fields.String()
    detail = fields.String()


class UploadedScan(Answer):
    """What has come of one scan.

    ``recorded``: it is part of ``record``. ``waiting``: a sign-out whose sign-in has not arrived yet. ``conflict``: the
    organizer decides. ``dismissed``: the organizer did. ``refused``: no code of this platform, or not this volunteer's
    to use; nothing was kept.
    """

    nonce = fields.String()
    status = fields.String()
    conflict_id = Id(allow_none=True)
    record = fields.Nested(ScannedRecord, allow_none=True)
    error = fields.Nested(ScanRefusal, allow_none=True)


class UploadedScans(Answer):
    """The results, in the order of the scans."""

    items = fields.List(fields.Nested(UploadedScan))


class ListScanConflicts(PageRequest):
    """``GET /activities/{activity_id}/scan-conflicts``."""

    class Meta:
        command = commands.ListScanConflicts

    activity_id = Id(required=True)
    status = one_of(["open", "resolved"], load_default="open")


class ScanConflict(Answer):
    """A scan that was handed in later, as the organizer sees it. ``acceptable``: accepting it could make it count.

    ``at`` is the time that the code proves, ``scanned_at`` what the phone says.
    """

    conflict_id = Id()
    activity_id = Id()
    shift_id = Id()
    volunteer_id = Id()
    name = fields.String(allow_none=True)
    direction = fields.String()
    at = Timestamp()
    scanned_at = Timestamp()
    uploaded_at = Timestamp()
    kind = fields.String(allow_none=True)
    facts = fields.Dict()
    acceptable = fields.Boolean()
    status = fields.String()
    record_id = Id(allow_none=True)
    resolved_at = Timestamp(allow_none=True)
    reason = fields.String(allow_none=True)


ScanConflictPage = page_of(ScanConflict)


class ResolveScanConflict(Request):
    """``POST /scan-conflicts/{conflict_id}/resolution``."""

    class Meta:
        command = commands.ResolveScanConflict

    conflict_id = Id(required=True)
    accept = fields.Boolean(required=True)
    reason = Text(max=500, multiline=True, required=True)
