"""The in-app inbox: what is in it, what has been read, and what is new in this moment."""

from __future__ import annotations

from typing import Any

from services.chassis.errors import NotFound
from services.notify import commands
from services.notify.domain import Snapshot
from services.notify.models import Message
from services.notify.repository import NotifyUnitOfWork
from services.notify.templates import TEMPLATES

MOST_NEWS = 100
"""As many as one look shows; whoever was away for longer reads the list."""

MOST_READERS = 5000
"""As many as one answer names; of more than that a gateway takes it that everybody has news."""


def list_notifications(query: commands.ListNotifications, uow: NotifyUnitOfWork) -> dict[str, Any]:
    """One's own, newest first, in one's own language."""
    account_id, volunteer_id = uow.caller.require_account(), uow.caller.volunteer_id
    page = uow.page(
        uow.inboxes.of(account_id, volunteer_id, unread=query.unread),
        [(Message.created_at, "desc"), (Message.id, "desc")],
        limit=query.limit,
        cursor=query.cursor,
        scope=f"notifications:{account_id}:{query.unread}",
    )
    return {
        "items": [_shown(message, uow.caller.locale) for message in page.items],
        "next_cursor": page.next_cursor,
        "unread": uow.inboxes.unread_count(account_id, volunteer_id),
    }


def read_notification(command: commands.ReadNotification, uow: NotifyUnitOfWork) -> dict[str, Any]:
    """Mark as read; the first time counts."""
    message = uow.inboxes.get(command.notification_id, uow.caller.require_account(), uow.caller.volunteer_id)
    if message is None:
        raise NotFound(what="notification")
    uow.inboxes.mark_read(message, uow.clock.now())
    return _shown(message, uow.caller.locale)


def read_notifications(command: commands.ReadNotifications, uow: NotifyUnitOfWork) -> dict[str, int]:
    """Mark everything as read, or what had come when the reader last looked."""
    account_id, volunteer_id, now = uow.caller.require_account(), uow.caller.volunteer_id, uow.clock.now()
    read = uow.inboxes.mark_all_read(account_id, volunteer_id, command.until or now, now)
    return {"read": read, "unread": uow.inboxes.unread_count(account_id, volunteer_id)}


def watch_inbox(query: commands.WatchInbox, uow: NotifyUnitOfWork) -> dict[str, Any]:
    """What is new to somebody since their last look, oldest first; without one, only where the next one begins."""
    account_id, volunteer_id = uow.caller.require_account(), uow.caller.volunteer_id
    if query.since is None:
        news, cursor = [], uow.inboxes.now()
    else:
        found, cursor = uow.inboxes.news(account_id, volunteer_id, Snapshot.parse(query.since), MOST_NEWS + 1)
        news = list(found)
    return {
        "items": [_shown(message, uow.caller.locale) for message in reversed(news[:MOST_NEWS])],
        "more": len(news) > MOST_NEWS,
        "unread": uow.inboxes.unread_count(account_id, volunteer_id),
        "cursor": cursor,
    }


def list_readers_of_news(query: commands.ListReadersOfNews, uow: NotifyUnitOfWork) -> dict[str, Any]:
    """Whose inbox has changed, for a gateway that keeps their pages open; None for everybody's."""
    uow.caller.require_service("gateway")
    if query.since is None:
        return {"readers": None, "cursor": uow.inboxes.now()}
    readers, cursor = uow.inboxes.readers_of_news(Snapshot.parse(query.since), MOST_READERS)
    return {"readers": None if readers is None else sorted(readers), "cursor": cursor}


def _shown(message: Message, locale: str) -> dict[str, Any]:
    return {
        "id": message.id,
        "template": message.template,
        "text": TEMPLATES[message.template].render(locale, message.parameters),
        "created_at": message.created_at,
        "read_at": message.read_at,
    }
