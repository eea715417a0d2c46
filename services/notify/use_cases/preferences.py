"""What people want to get, over which channel, and what is not theirs to switch off (docs/adr/0044)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from services.notify import commands
from services.notify.domain import Channel
from services.notify.errors import PreferenceFixed
from services.notify.repository import NotifyUnitOfWork
from services.notify.use_cases.telling import SECURITY, WAYS

# Codes are not listed: whoever asks for one wants it.
_REASONS = {
    "record": ("站内消息是通知的留存记录", "The in-app inbox is the record of what you were told"),
    "security": ("账号安全提醒不能关闭", "Somebody may have touched the locks of your account"),
    "mandated": ("按规定须以短信告知", "The rules demand that you are told by SMS"),
}


def why_fixed(template: str, channel: str) -> str | None:
    """Why a message stays on over a channel; None where its reader may switch it off."""
    way = WAYS[template]
    if channel == Channel.INBOX:
        return "record"
    if channel not in way.fixed:
        return None
    return "security" if way is SECURITY else "mandated"


def get_preferences(_query: commands.GetPreferences, uow: NotifyUnitOfWork) -> dict[str, Any]:
    """Every message and channel, whether it comes there, and why that cannot be changed where it cannot."""
    switched_off = uow.preferences.switched_off(uow.caller.require_account())
    return {"items": list(_items(switched_off, uow.caller.locale))}


def _items(switched_off: set[tuple[str, str]], locale: str) -> Iterator[dict[str, Any]]:
    for template, way in sorted(WAYS.items()):
        for channel in way.channels:
            fixed = why_fixed(template, channel)
            yield {
                "template": template,
                "channel": channel.value,
                "on": (template, channel.value) not in switched_off,
                "fixed": fixed is not None,
                "reason": None if fixed is None else _REASONS[fixed][locale == "en"],
            }


def put_preferences(command: commands.PutPreferences, uow: NotifyUnitOfWork) -> dict[str, Any]:
    """Replace what is switched off; raises ``PreferenceFixed`` for what is not one's to switch off."""
    account_id = uow.caller.require_account()
    for item in command.switched_off:
        way = WAYS.get(item.template)
        if way is None or item.channel not in way.channels or why_fixed(item.template, item.channel):
            raise PreferenceFixed(template=item.template, channel=item.channel)
    uow.preferences.replace(account_id, {(item.template, item.channel) for item in command.switched_off})
    uow.session.flush()
    return get_preferences(commands.GetPreferences(), uow)
