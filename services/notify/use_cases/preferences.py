"""What people want to get, and what is not theirs to switch off."""

from __future__ import annotations

from typing import Any

from services.notify import commands
from services.notify.domain import Channel
from services.notify.errors import PreferenceFixed
from services.notify.repository import NotifyUnitOfWork
from services.notify.use_cases.telling import WAYS

# What comes by SMS, and whether that can be changed; every message stays in the in-app inbox. Codes are not listed:
# whoever asks for one wants it.
_BY_SMS = {template: way.fixed for template, way in WAYS.items() if Channel.SMS in way.channels}


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
