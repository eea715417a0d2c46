"""What operators see of messages and templates, for RPC and HTTP alike."""

from __future__ import annotations

from marshmallow import fields

from services.chassis.schema import (
    Answer,
    Id,
    PageRequest,
    Request,
    Timestamp,
    one_of,
    page_of,
)
from services.notify import commands
from services.notify.domain import Status
from services.notify.templates import TEMPLATES


class ListMessages(PageRequest):
    """``GET /notifications``, for platform administrators."""

    class Meta:
        command = commands.ListMessages

    status = one_of(Status, load_default=None)
    template = one_of(sorted(TEMPLATES), load_default=None)


class MessageSummary(Answer):
    """What left the house, without the words and with a masked recipient."""

    message_id = Id(attribute="id")
    template = fields.String()
    channel = fields.String()
    status = fields.String()
    recipient = fields.String(attribute="recipient_masked", allow_none=True)
    attempts = fields.Integer()
    provider = fields.String(allow_none=True)
    segments = fields.Integer(allow_none=True)
    cost = fields.Decimal(places=4, as_string=True, allow_none=True)  # yuan
    failure = fields.String(allow_none=True)
    created_at = Timestamp()
    sent_at = Timestamp(allow_none=True)


MessagePage = page_of(MessageSummary)


class ListTemplates(Request):
    """``GET /templates``."""

    class Meta:
        command = commands.ListTemplates


class TemplateSummary(Answer):
    """A template with both texts, its parameters and the rule that demands it."""

    key = fields.String()
    zh = fields.String()
    en = fields.String()
    parameters = fields.List(fields.String())
    source = fields.String()


class TemplateList(Answer):
    """Every template."""

    items = fields.List(fields.Nested(TemplateSummary))
