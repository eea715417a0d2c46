"""Which provider takes the messages of which channel, by the settings."""

from __future__ import annotations

from typing import Any

from services.notify.domain import Channel
from services.notify.providers.base import NullProvider, Provider
from services.notify.providers.mail import SmtpProvider
from services.notify.providers.table import TableSimulator
from services.notify.settings import NotifySettings


def providers_for(settings: NotifySettings, units: Any) -> dict[Channel, Provider]:
    """The provider of each channel that leaves the house; ``units`` opens units of work (for the simulator)."""
    chosen = {Channel.SMS: settings.sms_provider, Channel.EMAIL: settings.email_provider}
    return {channel: _provider(channel, name, settings, units) for channel, name in chosen.items()}


def _provider(channel: Channel, name: str, settings: NotifySettings, units: Any) -> Provider:
    if name == "simulator":
        return TableSimulator(channel, units)
    if name == "smtp" and settings.smtp_server is not None:
        return SmtpProvider(settings.smtp_server, settings.mail_from)
    return NullProvider(channel)
