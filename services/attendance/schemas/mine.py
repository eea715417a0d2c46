"""One's own hours, and the proof of all, for RPC and HTTP alike."""

from __future__ import annotations

from marshmallow import fields

from services.attendance import commands
from services.chassis.schema import Answer, Day, Id, PageRequest, Request, Timestamp, page_of


class ListServiceRecords(PageRequest):
    """``GET /me/service-records``."""

    class Meta:
        command = commands.ListServiceRecords


class HeldPart(Answer):
    """Minutes of a record beyond what a day counts at once: they wait for ``band``, or were refused for a reason."""

    band = fields.String()
    status = fields.String()
    starts_at = Timestamp()
    ends_at = Timestamp()
    minutes = fields.Integer()
    reason = fields.String(allow_none=True)


class ServiceRecord(Answer):
    """One's own record. ``starts_at`` to ``ends_at`` is the time that counts, but for what is ``held``.

    ``sign_out_reason``: why the organizer entered the sign-out, which was forgotten.
    """

    record_id = Id()
    activity_id = Id()
    shift_id = Id()
    title = fields.String()
    status = fields.String()
    provenance = fields.String()
    date = Day()
    signed_in_at = Timestamp(allow_none=True)
    signed_out_at = Timestamp(allow_none=True)
    sign_out_reason = fields.String(allow_none=True)
    starts_at = Timestamp(allow_none=True)
    ends_at = Timestamp(allow_none=True)
    minutes = fields.Integer()
    held_minutes = fields.Integer()
    held = fields.List(fields.Nested(HeldPart))
    disclosed_until = Timestamp(allow_none=True)


ServiceRecordPage = page_of(ServiceRecord)


class GetServiceSummary(Request):
    """``GET /me/service-summary``."""

    class Meta:
        command = commands.GetServiceSummary


class MinutesByProvenance(Answer):
    """Minutes that stand, by where they came from."""

    scan = fields.Integer()
    offline_scan = fields.Integer()
    static_code = fields.Integer()
    organizer = fields.Integer()
    supplement = fields.Integer()
    correction = fields.Integer()


class ServiceSummary(Answer):
    """All minutes recorded; the star counts the confirmed ones. ``next_star_minutes``: confirmed minutes missing.

    ``held_minutes`` wait for an organization above, and are in no other figure.
    """

    total_minutes = fields.Integer()
    confirmed_minutes = fields.Integer()
    held_minutes = fields.Integer()
    minutes_by_provenance = fields.Nested(MinutesByProvenance)
    star = fields.Integer()
    next_star_minutes = fields.Integer(allow_none=True)


class RecountLedger(Request):
    """For platform administrators."""

    class Meta:
        command = commands.RecountLedger


class Recount(Answer):
    """What a recount found; the lists are empty when everything is as it should be."""

    entries = fields.Integer()
    sound = fields.Boolean()
    broken_chains = fields.List(Id())
    wrong_totals = fields.List(Id())
    wrong_records = fields.List(Id())
