"""WeChat and Alipay: what identity wants of them, and who stands for them by the settings.

Why this module exists: use cases know the two small protocols below. Behind each stands the real adapter, the same
adapter talking to a simulator that checks what the real side checks (outside production), or a Null twin.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Protocol

import httpx

from services.identity.errors import ProviderNotConfigured
from services.identity.providers.alipay import AlipayGateway
from services.identity.providers.simulators import simulated_alipay, simulated_wechat
from services.identity.providers.wechat import WeChatAccount
from services.identity.settings import IdentitySettings

# The gateway waits five seconds for the whole request.
_TIMEOUT = httpx.Timeout(3.0)


class WeChat(Protocol):
    """A WeChat service account."""

    def show_scene(self, scene: str, seconds: int) -> str:
        """The address of a picture: a QR code that, scanned, pushes ``scene`` to us."""
        ...

    def openid_for(self, code: str) -> str:
        """Who consented, by the OAuth code; raises ``BadAuthorizationCode`` or ``Unavailable``."""
        ...


class Alipay(Protocol):
    """An Alipay application."""

    def openid_for(self, code: str) -> str:
        """Who consented, by the OAuth code; raises ``BadAuthorizationCode`` or ``Unavailable``."""
        ...


class NoProvider:
    """Nobody stands behind it: the platform runs without."""

    def __init__(self, provider: str) -> None:
        self._provider = provider

    def show_scene(self, scene: str, seconds: int) -> str:
        """Refuses."""
        raise ProviderNotConfigured(provider=self._provider)

    def openid_for(self, code: str) -> str:
        """Refuses."""
        raise ProviderNotConfigured(provider=self._provider)


def wechat_for(settings: IdentitySettings) -> WeChat:
    """WeChat by the settings; one client, with its token, a process."""
    if settings.wechat_provider == "simulator":
        return _simulated_wechat()
    if settings.wechat_provider == "wechat":
        return _wechat(settings.wechat_app_id, settings.wechat_app_secret.reveal(), settings.wechat_api_url)
    return NoProvider("wechat")


def alipay_for(settings: IdentitySettings) -> Alipay:
    """Alipay by the settings."""
    if settings.alipay_provider == "simulator":
        return _simulated_alipay()
    if settings.alipay_provider == "alipay":
        return _alipay(
            settings.alipay_app_id,
            settings.alipay_private_key.reveal(),
            settings.alipay_public_key,
            settings.alipay_gateway_url,
        )
    return NoProvider("alipay")


@lru_cache(maxsize=1)
def _wechat(app_id: str, app_secret: str, api_url: str) -> WeChatAccount:
    return WeChatAccount(app_id, app_secret, httpx.Client(base_url=api_url, timeout=_TIMEOUT))


@lru_cache(maxsize=1)
def _alipay(app_id: str, private_key: str, public_key: str, gateway_url: str) -> AlipayGateway:
    return AlipayGateway(app_id, private_key, public_key, gateway_url, httpx.Client(timeout=_TIMEOUT))


@lru_cache(maxsize=1)
def _simulated_wechat() -> WeChatAccount:
    return simulated_wechat()


@lru_cache(maxsize=1)
def _simulated_alipay() -> AlipayGateway:
    return simulated_alipay()
