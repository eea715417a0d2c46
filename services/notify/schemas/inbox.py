"""The in-app inbox, for RPC and HTTP alike."""

from __future__ import annotations

from marshmallow import ValidationError, fields

from services.chassis.schema import (
    Answer,
    Id,
    PageRequest,
    Request,
    Text,
    Timestamp,
    page_of,
    rule,
)
from services.notify import commands
from services.notify.domain import Snapshot
from services.notify.domain.snapshots import MAX_CHARACTERS


def _is_snapshot(text: str) -> None:
    try:
        Snapshot.parse(text)
    except ValueError:
        raise ValidationError(rule("invalid_cursor", "游标无效", "is no cursor of this stream")) from None


class ListNotifications(PageRequest):
    """``GET /me/notifications``."""

    class Meta:
        command = commands.ListNotifications

    unread = fields.Boolean(load_default=False)


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


class ReadNotifications(Request):
    """``POST /me/notifications/read``. ``until``: the time of the newest that the reader has seen; all, without one."""

    class Meta:
        command = commands.ReadNotifications

    until = Timestamp(load_default=None, allow_none=True)


class ReadAnswer(Answer):
    """How many were marked, and how many came since."""

    read = fields.Integer()
    unread = fields.Integer()


class WatchInbox(Request):
    """``GET /me/notifications/stream``. ``since``: the id of the last event seen, as the header ``Last-Event-ID``."""

    class Meta:
        command = commands.WatchInbox

    since = Text(max=MAX_CHARACTERS, validate=_is_snapshot, load_default=None, allow_none=True)


class InboxEvent(Answer):
    """``event: inbox``: how many have not been read, and what came or was read since the event before.

    What comes again replaces what came before. With ``more``, there is more than is shown: read the list.
    """

    items = fields.List(fields.Nested(Notification))
    more = fields.Boolean()
    unread = fields.Integer()


class InboxNow(InboxEvent):
    """What the RPC answers to one look."""

    cursor = fields.String()


class ListReadersOfNews(Request):
    """A gateway's question for all its open pages."""

    class Meta:
        command = commands.ListReadersOfNews

    since = Text(max=MAX_CHARACTERS, validate=_is_snapshot, load_default=None, allow_none=True)


class ReadersOfNews(Answer):
    """Accounts and volunteers whose inboxes have changed; null: too many to name."""

    readers = fields.List(Id(), allow_none=True)
    cursor = fields.String()
