"""A WeChat service account: stable_token, QR codes with a scene, OAuth codes (FACTS.md, "Providers").

httpx against the documented interface: the known SDK is from 2021.
"""

from __future__ import annotations

import time
from typing import Any
from urllib.parse import urlencode

import httpx

from services.chassis.errors import Unavailable
from services.chassis.logs import get_logger
from services.identity.errors import BadAuthorizationCode

log = get_logger(__name__)

SHOW_QR = "https://mp.weixin.qq.com/cgi-bin/showqrcode"
_BAD_TOKEN = frozenset({40001, 40014, 42001})
_BAD_CODE = frozenset({40029, 40163, 41008})
# A token lives 7200 s; it is changed before somebody's request finds it dead.
_MARGIN_SECONDS = 300


class WeChatAccount:
    """Speaks for one service account; keeps its token as long as it is good."""

    def __init__(self, app_id: str, app_secret: str, http: httpx.Client) -> None:
        self._app_id = app_id
        self._app_secret = app_secret
        self._http = http
        self._token: str | None = None
        self._token_good_until = 0.0

    def show_scene(self, scene: str, seconds: int) -> str:
        """The address of a QR code that is good for ``seconds`` and pushes ``scene`` when it is scanned."""
        request = {
            "expire_seconds": seconds,
            "action_name": "QR_STR_SCENE",
            "action_info": {"scene": {"scene_str": scene}},
        }
        made = self._with_token("/cgi-bin/qrcode/create", request)
        return f"{SHOW_QR}?{urlencode({'ticket': _member(made, 'ticket')})}"

    def openid_for(self, code: str) -> str:
        """Who consented; a code is good once and for five minutes."""
        answer = self._ask(
            "GET",
            "/sns/oauth2/access_token",
            params={
                "appid": self._app_id,
                "secret": self._app_secret,
                "code": code,
                "grant_type": "authorization_code",
            },
        )
        if answer.get("errcode") in _BAD_CODE:
            raise BadAuthorizationCode(provider="wechat")
        return _member(answer, "openid")

    def _with_token(self, path: str, request: dict[str, Any]) -> dict[str, Any]:
        answer = self._ask("POST", path, params={"access_token": self._access_token()}, json=request)
        if answer.get("errcode") in _BAD_TOKEN:  # somebody else has made a new one
            self._token = None
            answer = self._ask("POST", path, params={"access_token": self._access_token()}, json=request)
        return answer

    def _access_token(self) -> str:
        if self._token is None or time.monotonic() >= self._token_good_until:
            request = {"grant_type": "client_credential", "appid": self._app_id, "secret": self._app_secret}
            answer = self._ask("POST", "/cgi-bin/stable_token", json=request)
            self._token = _member(answer, "access_token")
            self._token_good_until = time.monotonic() + float(_member(answer, "expires_in")) - _MARGIN_SECONDS
        return self._token

    def _ask(self, method: str, path: str, **what: Any) -> dict[str, Any]:
        try:
            answer = self._http.request(method, path, **what).raise_for_status().json()
        except (httpx.HTTPError, ValueError) as error:
            log.warning("wechat_unavailable", path=path, error=type(error).__name__)  # its text holds the secret
            raise Unavailable() from None
        if not isinstance(answer, dict):
            raise Unavailable()
        return answer


def _member(answer: dict[str, Any], name: str) -> str:
    """What a good answer holds; refusals have an ``errcode`` in its place."""
    if answer.get("errcode") or name not in answer:
        log.warning("wechat_refused", errcode=answer.get("errcode"))
        raise Unavailable()
    return str(answer[name])
