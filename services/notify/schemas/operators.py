"""What operators see of messages and templates, for RPC and HTTP alike."""

from __future__ import annotations

from marshmallow import fields

from services.chassis.schema import Answer, Day, Id, PageRequest, Request, Text, Timestamp, list_of, one_of, page_of
from services.notify import commands
from services.notify.domain import Channel, Status
from services.notify.templates import TEMPLATES


class MessageFilter(Request):
    """Which messages; ``from`` and ``to`` are days in Asia/Shanghai, both included."""

    status = one_of(Status, load_default=None)
    channel = one_of([channel for channel in Channel if channel is not Channel.INBOX], load_default=None)
    template = one_of(sorted(TEMPLATES), load_default=None)
    provider = Text(max=40, load_default=None)
    organization_id = Id(load_default=None)
    failure = Text(max=100, load_default=None)
    shortened = fields.Boolean(load_default=None)
    from_day = Day(data_key="from", load_default=None)
    to_day = Day(data_key="to", load_default=None)


class ListMessages(PageRequest, MessageFilter):
    """``GET /notifications``, for platform administrators."""

    class Meta:
        command = commands.ListMessages


class SumMessages(MessageFilter):
    """``GET /notifications/totals``: of 92 days at most."""

    class Meta:
        command = commands.SumMessages

    from_day = Day(data_key="from", required=True)
    to_day = Day(data_key="to", required=True)


class Sum(Answer):
    """How many messages, how many SMS segments, how many yuan."""

    messages = fields.Integer()
    segments = fields.Integer()
    cost = fields.Decimal(places=4, as_string=True)


class SumOfKind(Sum):
    """Of one channel, provider and status; no provider has those that nobody took."""

    channel = fields.String()
    provider = fields.String(allow_none=True)
    status = fields.String()


class MessageSums(Sum):
    """All together, and each kind."""

    items = fields.List(fields.Nested(SumOfKind))


class ResendMessage(Request):
    """``POST /notifications/{message_id}/resend``."""

    class Meta:
        command = commands.ResendMessage

    message_id = Id(required=True)


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
    organization_id = Id(allow_none=True)  # whose budget it was taken from
    failure = fields.String(allow_none=True)
    shortened = fields.List(fields.String())  # the parameters that the provider was given cut
    created_at = Timestamp()
    sent_at = Timestamp(allow_none=True)


MessagePage = page_of(MessageSummary)


class ListTemplates(Request):
    """``GET /templates``."""

    class Meta:
        command = commands.ListTemplates


class GivenParameter(Request):
    """What is to stand in a gap of a template."""

    class Meta:
        command = commands.GivenParameter

    name = Text(max=40, required=True)
    value = Text(max=500, min=0, required=True)


class PreviewTemplate(Request):
    """``POST /templates/{key}/preview``: with samples for what is not given."""

    class Meta:
        command = commands.PreviewTemplate

    key = Text(max=60, required=True)
    locale = one_of(("zh", "en"), load_default="zh")
    parameters = list_of(fields.Nested(GivenParameter), max=20, load_default=list)


class ShortenedParameter(Answer):
    """What a provider that is to send does not take so long, and what it is given in its place."""

    provider = fields.String()
    name = fields.String()
    value = fields.String()


class RenderedTemplate(Answer):
    """The words with their signature, as how many SMS they are charged, and what providers are given cut."""

    locale = fields.String()
    text = fields.String()
    characters = fields.Integer()
    segments = fields.Integer()
    shortened = fields.List(fields.Nested(ShortenedParameter))


class TemplateParameter(Answer):
    """A gap, and what stands in it: text, number, date or moment."""

    name = fields.String()
    kind = fields.String()


class TemplateSummary(Answer):
    """A template with both texts, its parameters, the rule that demands it, and a sample in both languages."""

    key = fields.String()
    zh = fields.String()
    en = fields.String()
    parameters = fields.List(fields.String())
    kinds = fields.List(fields.Nested(TemplateParameter))
    source = fields.String()
    samples = fields.List(fields.Nested(RenderedTemplate))


class TemplateList(Answer):
    """Every template."""

    items = fields.List(fields.Nested(TemplateSummary))
