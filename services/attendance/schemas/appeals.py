"""Appeals, and the objections that concern oneself; for RPC and HTTP alike."""

from __future__ import annotations

from marshmallow import fields

from services.attendance import commands
from services.attendance.domain import ObjectionStatus
from services.attendance.schemas.disclosure import Appeal, CorrectedTime
from services.chassis.schema import Answer, Id, PageRequest, Request, Text, Timestamp, one_of, page_of


class ListMyObjections(PageRequest):
    """``GET /me/objections``."""

    class Meta:
        command = commands.ListMyObjections


class MyObjection(Answer):
    """An objection that one submitted, or to one's own record, whose ``text`` is then not shown.

    ``appeal_until``: until then one may appeal; null where there is nothing to appeal against, or somebody has.
    """

    objection_id = Id()
    activity_id = Id()
    title = fields.String()
    record_id = Id(allow_none=True)
    own_record = fields.Boolean()
    text = fields.String(allow_none=True)
    status = fields.String()
    submitted_at = Timestamp()
    resolved_at = Timestamp(allow_none=True)
    reason = fields.String(allow_none=True)
    minutes_before = fields.Integer(allow_none=True)
    minutes = fields.Integer(allow_none=True)
    appeal_until = Timestamp(allow_none=True)
    appeal = fields.Nested(Appeal, allow_none=True)


MyObjectionPage = page_of(MyObjection)


class SubmitAppeal(Request):
    """``POST /objections/{objection_id}/appeal``."""

    class Meta:
        command = commands.SubmitAppeal

    objection_id = Id(required=True)
    text = Text(max=2000, multiline=True, required=True)


class ListAppeals(PageRequest):
    """``GET /organizations/{organization_id}/appeals``: from the organizations below it."""

    class Meta:
        command = commands.ListAppeals

    organization_id = Id(required=True)
    status = one_of(ObjectionStatus, load_default=ObjectionStatus.OPEN.value)


class AppealToDecide(Appeal):
    """An appeal as whoever decides it sees it, with what was said and decided before."""

    objection_id = Id()
    activity_id = Id()
    organization_id = Id()
    title = fields.String()
    record_id = Id(allow_none=True)
    record_status = fields.String(allow_none=True)
    record_starts_at = Timestamp(allow_none=True)
    record_ends_at = Timestamp(allow_none=True)
    record_minutes = fields.Integer(allow_none=True)
    objection_text = fields.String()
    objection_status = fields.String()
    objection_reason = fields.String(allow_none=True)
    objection_minutes_before = fields.Integer(allow_none=True)


AppealPage = page_of(AppealToDecide)


class DecideAppeal(Request):
    """``POST /appeals/{appeal_id}/decision``. For whose record was cut, ``corrected`` says what was really served."""

    class Meta:
        command = commands.DecideAppeal

    appeal_id = Id(required=True)
    upheld = fields.Boolean(required=True)
    reason = Text(max=500, multiline=True, required=True)
    corrected = fields.Nested(CorrectedTime, load_default=None, allow_none=True)
