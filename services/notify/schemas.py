"""Notify's requests and answers, for RPC and HTTP alike."""

from __future__ import annotations

from marshmallow import fields

from services.chassis.schema import (
    Answer,
    Id,
    PageRequest,
    Request,
    SecretText,
    Text,
    Timestamp,
    list_of,
    one_of,
    page_of,
    whole_number,
)
from services.notify import commands
from services.notify.domain import Channel, Status
from services.notify.templates import TEMPLATES

MAX_RECEIPTS_BYTES = 1_000_000


class ListNotifications(PageRequest):
    """``GET /me/notifications``."""

    class Meta:
        command = commands.ListNotifications


class Notification(Answer):
    """One in-app notification, rendered in the reader's language."""

    notification_id = Id(attribute="id")
    template = fields.String()
    text = fields.String()
    created_at = Timestamp()
    read_at = Timestamp(allow_none=True)


class NotificationPage(page_of(Notification)):  # type: ignore[misc]  # the class is made at run time
    """A page of notifications, and how many have not been read."""

    unread = fields.Integer()


class ReadNotification(Request):
    """``POST /me/notifications/{notification_id}/read``."""

    class Meta:
        command = commands.ReadNotification

    notification_id = Id(required=True)


class GetPreferences(Request):
    """``GET /me/notification-preferences``."""

    class Meta:
        command = commands.GetPreferences


class SwitchedOff(Request):
    """A message that is not wanted on a channel."""

    class Meta:
        command = commands.SwitchedOff

    template = one_of(sorted(TEMPLATES), required=True)
    channel = one_of(Channel, required=True)


class PutPreferences(Request):
    """``PUT /me/notification-preferences``."""

    class Meta:
        command = commands.PutPreferences

    switched_off = list_of(fields.Nested(SwitchedOff), max=100, required=True)


class Preference(Answer):
    """Whether a message comes over a channel, and whether that can be changed."""

    template = fields.String()
    channel = fields.String()
    on = fields.Boolean()
    fixed = fields.Boolean()


class Preferences(Answer):
    """Every message and channel."""

    items = fields.List(fields.Nested(Preference))


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


class TakeReceipts(Request):
    """``POST /callbacks/sms/tencent`` and ``/aliyun``: JSON of at most 1 MB, with the address's secret in the query."""

    class Meta:
        command = commands.TakeReceipts

    secret = SecretText(max=100, load_default="")
    body_base64 = Text(max=MAX_RECEIPTS_BYTES * 4 // 3 + 4, required=True)


class TencentReceiptsTaken(Answer):
    """What Tencent reads as taken; anything else it sends again."""

    result = fields.Integer()
    errmsg = fields.String()


class AliyunReceiptsTaken(Answer):
    """What Aliyun reads as taken; anything else it sends again."""

    code = fields.Integer()
    msg = fields.String()


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


class ListSimulatedMessages(Request):
    """``GET /dev/messages``: what the simulators were given to send. Not in production."""

    class Meta:
        command = commands.ListSimulatedMessages

    recipient = Text(max=100, load_default=None)
    since = Timestamp(load_default=None)
    limit = whole_number(min=1, max=1000, load_default=100)


class SimulatedMessage(Answer):
    """One message in the simulator's inbox."""

    id = Id()
    channel = fields.String()
    recipient = fields.String()
    text = fields.String()
    template = fields.String()
    at = Timestamp()


class SimulatedMessageList(Answer):
    """The simulator's inbox, oldest first."""

    items = fields.List(fields.Nested(SimulatedMessage))
