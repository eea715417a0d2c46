"""Which providers take the messages of which channel, by the settings."""

from __future__ import annotations

from typing import Any

from services.notify.domain import Channel, Share
from services.notify.providers.base import NullProvider, Provider
from services.notify.providers.mail import SmtpProvider
from services.notify.providers.table import TableSimulator
from services.notify.settings import NotifySettings
from services.notify.use_cases.handing_over import Breakers, Desk


def desk_for(channel: Channel, settings: NotifySettings, units: Any, breakers: Breakers) -> Desk:
    """Who takes the messages of ``channel``; ``units`` opens units of work (for the simulator)."""
    shares = {
        Channel.SMS: settings.sms_providers,
        Channel.EMAIL: (Share(settings.email_provider, 1),),
        Channel.WECHAT: (Share(settings.wechat_provider, 1),),
    }[channel]
    return Desk({share: _provider(channel, share.name, settings, units) for share in shares}, breakers)


def _provider(channel: Channel, name: str, settings: NotifySettings, units: Any) -> Provider:
    if name == "simulator":
        return TableSimulator(channel, units)
    if name == "smtp" and settings.smtp_server is not None:
        return SmtpProvider(settings.smtp_server, settings.mail_from)
    return NullProvider(channel)
