"""What banks report, and what platform administrators see of it."""

from __future__ import annotations

from marshmallow import fields

from services.card import commands
from services.card.domain.benefits import BANK_REPORTS
from services.card.domain.messages import MessageState
from services.card.schemas.signed import Signed
from services.chassis.schema import Answer, Id, PageRequest, Request, Text, Timestamp, one_of, page_of


class ReportStatus(Signed):
    """``POST /partner/card/applications/{application_no}/status``, as the gateway passes it on: the raw body and
    the three headers of Standard Webhooks. The body itself is :class:`BankReport`."""

    class Meta:
        command = commands.ReportStatus

    application_no = Text(max=64, required=True)
    body_base64 = Text(min=0, max=100_000, required=True)


class BankReport(Request):
    """What a bank reports. ``application_no``, if it is given, must be the one in the address: then the signature
    covers it too."""

    class Meta:
        command = commands.BankReport

    status = one_of(BANK_REPORTS, required=True)
    reason = Text(max=200, load_default=None, allow_none=True)
    at = Timestamp(load_default=None, allow_none=True)
    application_no = Text(max=64, load_default=None, allow_none=True)


class ReportTaken(Answer):
    """What the platform made of the report; ``changed`` is false when the status was known already."""

    application_no = fields.String()
    status = fields.String()
    changed = fields.Boolean()


class ListUnknownReports(PageRequest):
    """``GET /card/unknown-reports``, for platform administrators."""

    class Meta:
        command = commands.ListUnknownReports


class UnknownReport(Answer):
    """A signed report on a number that this bank was never given."""

    report_id = Id()
    bank = fields.String()
    application_no = fields.String()
    status = fields.String()
    why = fields.String()
    received_at = Timestamp()


UnknownReportPage = page_of(UnknownReport)


class StatusMessage(Request):
    """The AMQP properties of a report that count: ``message_id`` is what ``webhook-id`` is over HTTP."""

    message_id = Text(max=256, required=True)


class ListRefusedMessages(PageRequest):
    """``GET /card/refused-messages``, for platform administrators."""

    class Meta:
        command = commands.ListRefusedMessages

    state = one_of(MessageState, load_default=None)


class RetryRefusedMessage(Request):
    """``POST /card/refused-messages/{refused_id}/retry``, for platform administrators."""

    class Meta:
        command = commands.RetryRefusedMessage

    refused_id = Id(required=True)


class LastTry(Answer):
    """Which account has tried a refused message again, when, and what came of it: ``changed``, ``unchanged`` (known
    already, or too late), ``unknown`` (a number that this bank was never given: now among the unknown reports),
    ``refused`` or ``failed``. ``code`` and ``why`` are the refusal's."""

    at = Timestamp()
    by = Id()
    outcome = fields.String()
    code = fields.String(allow_none=True)
    why = fields.String(allow_none=True)


class RefusedMessage(Answer):
    """A message over AMQP that could not be taken when it came: why, the beginning of what it said, whether it is
    ``refused`` or ``taken`` by now, and what came of the last try. What is not ``whole`` cannot be tried."""

    refused_id = Id()
    bank = fields.String()
    message_id = fields.String()
    type = fields.String()
    code = fields.String()
    why = fields.String()
    body = fields.String()
    whole = fields.Boolean()
    received_at = Timestamp()
    state = fields.String()
    last_try = fields.Nested(LastTry, allow_none=True)


RefusedMessagePage = page_of(RefusedMessage)
