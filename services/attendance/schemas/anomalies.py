"""What looks wrong, for RPC and HTTP alike."""

from __future__ import annotations

from marshmallow import fields

from services.attendance import commands
from services.attendance.domain.anomalies import OUTCOMES, AnomalyKind, AnomalyStatus
from services.chassis.schema import Answer, Day, Id, PageRequest, Request, Text, Timestamp, one_of, page_of


class ListAnomalies(PageRequest):
    """``GET /organizations/{organization_id}/anomalies``: of the organization and those below it."""

    class Meta:
        command = commands.ListAnomalies

    organization_id = Id(required=True)
    status = one_of(AnomalyStatus, load_default=AnomalyStatus.OPEN.value)
    kind = one_of(AnomalyKind, load_default=None)


class Figures(Answer):
    """What was found: those that fit the kind. ``people``: how many volunteers, ``supplements``: how many of them."""

    minutes = fields.Integer()
    kilometres = fields.Integer()
    people = fields.Integer()
    supplements = fields.Integer()
    deed = fields.String()
    record_ids = fields.List(Id())


class Anomaly(Answer):
    """Something that looks wrong. It holds nothing back; whoever looked into it says what it was."""

    anomaly_id = Id(attribute="id")
    kind = fields.String()
    organization_id = Id()
    activity_id = Id(allow_none=True)
    volunteer_id = Id(allow_none=True)
    account_id = Id(allow_none=True)
    date = Day(attribute="day")
    facts = fields.Nested(Figures)
    found_at = Timestamp()
    status = fields.String()
    note = fields.String(allow_none=True)
    resolved_at = Timestamp(allow_none=True)


AnomalyPage = page_of(Anomaly)


class ResolveAnomaly(Request):
    """``POST /anomalies/{anomaly_id}/resolution``."""

    class Meta:
        command = commands.ResolveAnomaly

    anomaly_id = Id(required=True)
    outcome = one_of(OUTCOMES, required=True)
    note = Text(max=500, multiline=True, required=True)
