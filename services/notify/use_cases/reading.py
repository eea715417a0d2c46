"""What a person and an operator see of the messages."""

from __future__ import annotations

from typing import Any

from services.chassis.errors import NotFound
from services.notify import commands
from services.notify.domain import Channel
from services.notify.errors import PreferenceFixed
from services.notify.models import Message, SimulatedMessage
from services.notify.repository import NotifyUnitOfWork
from services.notify.templates import TEMPLATES
from services.notify.use_cases.telling import WAYS

# What comes by SMS, and whether that can be changed; every message stays in the in-app inbox. Codes are not listed:
# whoever asks for one wants it.
_BY_SMS = {template: way.fixed for template, way in WAYS.items() if Channel.SMS in way.channels}


def list_notifications(query: commands.ListNotifications, uow: NotifyUnitOfWork) -> dict[str, Any]:
    """One's own, newest first, in one's own language."""
    account_id = uow.caller.require_account()
    statement = uow.messages.inbox_of(account_id, uow.caller.volunteer_id)
    page = uow.page(
        statement,
        [(Message.created_at, "desc"), (Message.id, "desc")],
        limit=query.limit,
        cursor=query.cursor,
        scope=f"notifications:{account_id}",
    )
    return {
        "items": [_shown(message, uow.caller.locale) for message in page.items],
        "next_cursor": page.next_cursor,
        "unread": uow.messages.unread_count(account_id, uow.caller.volunteer_id),
    }


def read_notification(command: commands.ReadNotification, uow: NotifyUnitOfWork) -> dict[str, Any]:
    """Mark as read; the first time counts."""
    account_id = uow.caller.require_account()
    message = uow.messages.get(command.notification_id)
    mine = (
        message is not None
        and message.channel == Channel.INBOX
        and (
            message.account_id == account_id
            or (message.volunteer_id is not None and message.volunteer_id == uow.caller.volunteer_id)
        )
    )
    if message is None or not mine:
        raise NotFound(what="notification")
    message.read_at = message.read_at or uow.clock.now()
    return _shown(message, uow.caller.locale)


def _shown(message: Message, locale: str) -> dict[str, Any]:
    return {
        "id": message.id,
        "template": message.template,
        "text": TEMPLATES[message.template].render(locale, message.parameters),
        "created_at": message.created_at,
        "read_at": message.read_at,
    }


def get_preferences(_query: commands.GetPreferences, uow: NotifyUnitOfWork) -> dict[str, Any]:
    """Every message that can come by SMS, whether it does, and whether that can be changed."""
    switched_off = uow.preferences.switched_off(uow.caller.require_account())
    return {
        "items": [
            {
                "template": key,
                "channel": Channel.SMS.value,
                "on": (key, Channel.SMS.value) not in switched_off,
                "fixed": fixed,
            }
            for key, fixed in sorted(_BY_SMS.items())
        ]
    }


def put_preferences(command: commands.PutPreferences, uow: NotifyUnitOfWork) -> dict[str, Any]:
    """Replace what is switched off; raises ``PreferenceFixed`` for what is not one's to switch off."""
    account_id = uow.caller.require_account()
    for item in command.switched_off:
        if item.channel != Channel.SMS or _BY_SMS.get(item.template, True):
            raise PreferenceFixed(template=item.template)
    uow.preferences.replace(account_id, {(item.template, item.channel) for item in command.switched_off})
    uow.session.flush()
    return get_preferences(commands.GetPreferences(), uow)


def list_messages(query: commands.ListMessages, uow: NotifyUnitOfWork) -> Any:
    """What left the house, newest first; for platform administrators."""
    uow.caller.require_platform()
    return uow.page(
        uow.messages.outgoing(query.status, query.template),
        [(Message.created_at, "desc"), (Message.id, "desc")],
        limit=query.limit,
        cursor=query.cursor,
        scope=f"messages:{query.status}:{query.template}",
    )


def list_templates(_query: commands.ListTemplates, uow: NotifyUnitOfWork) -> dict[str, Any]:
    """Every template; for platform administrators."""
    uow.caller.require_platform()
    return {
        "items": [
            {"key": t.key, "zh": t.zh, "en": t.en, "parameters": sorted(t.parameters), "source": t.source}
            for t in TEMPLATES.values()
        ]
    }


def list_simulated_messages(
    query: commands.ListSimulatedMessages, uow: NotifyUnitOfWork
) -> dict[str, list[SimulatedMessage]]:
    """The simulator's inbox; there is none in production."""
    if uow.settings.production:
        raise NotFound(what="inbox")
    return {"items": list(uow.messages.simulated(query.recipient, query.since, query.limit))}
