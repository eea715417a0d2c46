"""A WeChat service account as identity uses it: QR codes with a scene, OAuth codes (FACTS.md, "Providers")."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

import httpx

from services.chassis.errors import Unavailable
from services.chassis.logs import get_logger
from services.chassis.wechat import WeChatInterface
from services.identity.errors import BadAuthorizationCode

log = get_logger(__name__)

SHOW_QR = "https://mp.weixin.qq.com/cgi-bin/showqrcode"
_BAD_CODE = frozenset({40029, 40163, 41008})


class WeChatAccount:
    """Speaks for one service account."""

    def __init__(self, app_id: str, app_secret: str, http: httpx.Client) -> None:
        self._interface = WeChatInterface(app_id, app_secret, http)

    def show_scene(self, scene: str, seconds: int) -> str:
        """The address of a QR code that is good for ``seconds`` and pushes ``scene`` when it is scanned."""
        request = {
            "expire_seconds": seconds,
            "action_name": "QR_STR_SCENE",
            "action_info": {"scene": {"scene_str": scene}},
        }
        made = self._interface.call("/cgi-bin/qrcode/create", request)
        return f"{SHOW_QR}?{urlencode({'ticket': _member(made, 'ticket')})}"

    def openid_for(self, code: str) -> str:
        """Who consented; a code is good once and for five minutes."""
        answer = self._interface.get_with_secret("/sns/oauth2/access_token", code=code, grant_type="authorization_code")
        if answer.get("errcode") in _BAD_CODE:
            raise BadAuthorizationCode(provider="wechat")
        return _member(answer, "openid")


def _member(answer: dict[str, Any], name: str) -> str:
    """What a good answer holds; refusals have an ``errcode`` in its place."""
    if answer.get("errcode") or name not in answer:
        log.warning("wechat_refused", errcode=answer.get("errcode"))
        raise Unavailable()
    return str(answer[name])
