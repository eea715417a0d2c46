"""Disclosures and objections, for RPC and HTTP alike."""

from __future__ import annotations

from marshmallow import fields

from services.attendance import commands
from services.chassis.schema import Answer, Day, Id, Mobile, PageRequest, Request, Text, Timestamp, page_of


class OpenDisclosure(Request):
    """``POST /activities/{activity_id}/disclosure``."""

    class Meta:
        command = commands.OpenDisclosure

    activity_id = Id(required=True)


class DisclosureSummary(Answer):
    """An activity whose hours are shown; ``closes_at`` is when the last of them is confirmed."""

    activity_id = Id()
    organization_id = Id()
    title = fields.String()
    status = fields.String()
    opens_at = Timestamp()
    closes_at = Timestamp()
    records = fields.Integer()
    minutes = fields.Integer()


class ListDisclosures(PageRequest):
    """``GET /disclosures``. ``from`` and ``to`` are days on which a disclosure opened, both included."""

    class Meta:
        command = commands.ListDisclosures

    organization_id = Id(load_default=None)
    from_day = Day(data_key="from", load_default=None)
    to_day = Day(data_key="to", load_default=None)


DisclosurePage = page_of(DisclosureSummary)


class GetDisclosure(PageRequest):
    """``GET /activities/{activity_id}/disclosure``."""

    class Meta:
        command = commands.GetDisclosure

    activity_id = Id(required=True)


class DisclosedRecord(Answer):
    """One record as the public sees it; ``frozen`` while an objection to it is open."""

    record_id = Id()
    name = fields.String()
    minutes = fields.Integer()
    date = Day()
    status = fields.String()


class Disclosure(page_of(DisclosedRecord)):  # type: ignore[misc]  # the class is made at run time
    """An activity's hours; confirmed ones are not shown any more."""

    activity_id = Id()
    organization_id = Id()
    title = fields.String()
    status = fields.String()
    opens_at = Timestamp()
    closes_at = Timestamp()


class SubmitObjection(Request):
    """``POST /activities/{activity_id}/objections``. ``contact``: a mobile number, kept sealed."""

    class Meta:
        command = commands.SubmitObjection

    activity_id = Id(required=True)
    record_id = Id(load_default=None, allow_none=True)
    text = Text(max=2000, multiline=True, required=True)
    contact = Mobile(required=True)


class SubmittedObjection(Answer):
    """The objection that was taken."""

    objection_id = Id(attribute="id")
    status = fields.String()


class ListObjections(PageRequest):
    """``GET /activities/{activity_id}/objections``."""

    class Meta:
        command = commands.ListObjections

    activity_id = Id(required=True)


class Appeal(Answer):
    """The one appeal of a case. ``by_volunteer``: by whose record was cut; ``minutes``: what it counts since."""

    appeal_id = Id()
    by_volunteer = fields.Boolean()
    text = fields.String(allow_none=True)
    status = fields.String()
    submitted_at = Timestamp()
    decided_at = Timestamp(allow_none=True)
    reason = fields.String(allow_none=True)
    minutes = fields.Integer(allow_none=True)


class Objection(Answer):
    """An objection as the organization sees it, with the appeal if somebody did not accept what came of it."""

    objection_id = Id()
    activity_id = Id()
    record_id = Id(allow_none=True)
    text = fields.String()
    contact_masked = fields.String(allow_none=True)
    status = fields.String()
    submitted_at = Timestamp()
    resolved_at = Timestamp(allow_none=True)
    reason = fields.String(allow_none=True)
    appeal = fields.Nested(Appeal, allow_none=True)


ObjectionPage = page_of(Objection)


class CorrectedTime(Request):
    """The time that was really served."""

    class Meta:
        command = commands.CorrectedTime

    starts_at = Timestamp(required=True)
    ends_at = Timestamp(required=True)


class ResolveObjection(Request):
    """``POST /objections/{objection_id}/resolution``. Upheld without ``corrected``: the minutes are taken back."""

    class Meta:
        command = commands.ResolveObjection

    objection_id = Id(required=True)
    upheld = fields.Boolean(required=True)
    reason = Text(max=500, multiline=True, required=True)
    corrected = fields.Nested(CorrectedTime, load_default=None, allow_none=True)


class ResolvedObjection(Answer):
    """What came of it; ``minutes`` is what the record counts now."""

    objection_id = Id()
    status = fields.String()
    record_id = Id(allow_none=True)
    minutes = fields.Integer(allow_none=True)
