"""Which providers take the messages of which channel, by the settings."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import httpx

from services.chassis.wechat import WeChatInterface
from services.notify.domain import Channel, Share
from services.notify.due_messages import Lane
from services.notify.providers.aliyun import AliyunSms
from services.notify.providers.asking import DEADLINE
from services.notify.providers.base import NullProvider, Provider
from services.notify.providers.mail import SmtpProvider
from services.notify.providers.table import TableSimulator
from services.notify.providers.tencent import TencentSms
from services.notify.providers.wechat import WeChatTemplates
from services.notify.settings import NotifySettings
from services.notify.use_cases.handing_over import Breakers, Desk


def desk_for(lane: Lane, settings: NotifySettings, units: Any, breakers: Breakers) -> Desk:
    """Who takes the messages of ``lane``; ``units`` opens units of work (for the simulator)."""
    shares = {
        Channel.SMS: settings.sms_providers,
        Channel.EMAIL: (Share(settings.email_provider, 1),),
        Channel.WECHAT: (Share(settings.wechat_provider, 1),),
    }[lane.channel]
    providers = {share: _provider(lane.channel, share.name, settings, units) for share in shares}
    return Desk(providers, breakers, lane.patience)


def _provider(channel: Channel, name: str, settings: NotifySettings, units: Any) -> Provider:
    if name == "tencent":
        return TencentSms(settings.tencent, _client())
    if name == "aliyun":
        return AliyunSms(settings.aliyun, _client())
    if name == "wechat":
        interface = _wechat(settings.wechat_app_id, settings.wechat_app_secret.reveal(), settings.wechat_api_url)
        return WeChatTemplates(interface, settings.approved_by("wechat"), settings.wechat_message_url)
    if name == "simulator":
        return TableSimulator(channel, units, settings.approved_by(name) if channel is Channel.SMS else None)
    if name == "smtp" and settings.smtp_server is not None:
        return SmtpProvider(settings.smtp_server, settings.mail_from)
    return NullProvider(channel)


@lru_cache(maxsize=1)
def _client() -> httpx.Client:
    """One a process: its connections are kept."""
    return httpx.Client(timeout=DEADLINE)


@lru_cache(maxsize=1)
def _wechat(app_id: str, app_secret: str, url: str) -> WeChatInterface:
    """One a process: so is its token."""
    return WeChatInterface(app_id, app_secret, httpx.Client(base_url=url, timeout=DEADLINE))
