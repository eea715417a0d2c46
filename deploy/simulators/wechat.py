"""A WeChat service account's template messages: the token, one message a request, and the push that tells its end."""

from __future__ import annotations

import secrets
import time
from typing import Any
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response

from deploy.simulators.moods import Mood, mood_of
from deploy.simulators.world import World, words_of
from services.identity.providers.wechat_push import signature_of
from services.notify.providers.shortening import longest_at_wechat

_KNOWN_AGAIN_SECONDS = 600
_BY_MOOD = {
    Mood.BAD: 40003,
    Mood.BLACKLISTED: 43019,
    Mood.UNREACHABLE: 43004,
    Mood.THROTTLED: 45011,
    Mood.ACCOUNT: 45009,
}


class WeChat:
    """Two addresses: the token, and sending."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._numbers = iter(range(3_000_000_001, 4_000_000_000))
        self._seen: dict[tuple[str, str], tuple[int, float]] = {}

    async def stable_token(self, request: Request) -> Response:
        """The same token for whoever asks, as long as it is good."""
        given = await request.json()
        if given.get("appid") != self._world.accounts.app_id:
            return _error(40013, "invalid appid")
        if given.get("secret") != self._world.accounts.key_secret:
            return _error(40125, "invalid appsecret")
        self._world.wechat_token = self._world.wechat_token or secrets.token_urlsafe(24)
        return JSONResponse({"access_token": self._world.wechat_token, "expires_in": 7200})

    async def send(self, request: Request) -> Response:
        """One message; the same ``client_msg_id`` to the same person is the same message."""
        token = self._world.wechat_token
        if not token or request.query_params.get("access_token") != token:
            return _error(40001, "invalid credential, access_token is invalid or not latest")
        given = await request.json()
        openid, data = given["touser"], given.get("data", {})
        mood = mood_of(openid)
        if mood is Mood.DOWN:
            return PlainTextResponse("Service Unavailable", 503)
        if mood in _BY_MOOD:
            return _error(_BY_MOOD[mood], "refused by the simulator")
        found = words_of(given.get("template_id", ""), [data[name]["value"] for name in sorted(data)])
        if found is None:
            return _error(40037, "invalid template_id")
        if any(_is_too_long(name, field["value"]) for name, field in data.items()):
            return _error(47003, "argument invalid! data too long")
        return self._take(mood, openid, given.get("client_msg_id", ""), *found)

    def _take(self, mood: Mood, openid: str, client_id: str, template: str, words: str) -> Response:
        number, at = self._seen.get((openid, client_id), (0, 0.0))
        if not client_id or at < time.time() - _KNOWN_AGAIN_SECONDS:
            number = next(self._numbers)
            self._seen[openid, client_id] = (number, time.time())
            self._world.keep("wechat", openid, template, words, str(number))
            self._push(mood, openid, number)
        return JSONResponse({"errcode": 0, "errmsg": "ok", "msgid": number})

    def _push(self, mood: Mood, openid: str, number: int) -> None:
        timestamp, nonce = (
            str(int(self._world.clock())),
            secrets.token_hex(8),
        )  # the platform compares with its own clock
        status = "failed:user block" if mood is Mood.UNDELIVERED else "success"
        body = (
            "<xml><ToUserName><![CDATA[gh_simulated]]></ToUserName>"
            f"<FromUserName><![CDATA[{openid}]]></FromUserName><CreateTime>{timestamp}</CreateTime>"
            "<MsgType><![CDATA[event]]></MsgType><Event><![CDATA[TEMPLATESENDJOBFINISH]]></Event>"
            f"<MsgID>{number}</MsgID><Status><![CDATA[{status}]]></Status></xml>"
        )
        signature = signature_of(self._world.accounts.wechat_push_token, timestamp, nonce)
        query = urlencode({"signature": signature, "timestamp": timestamp, "nonce": nonce, "openid": openid})
        self._world.push_later(mood, f"/v1/callbacks/wechat?{query}", body.encode(), "text/xml", "success")


def _is_too_long(name: str, value: str) -> bool:
    return len(value) > (longest_at_wechat(name) or len(value))


def _error(code: int, message: str) -> Response:
    content: dict[str, Any] = {"errcode": code, "errmsg": message}
    return JSONResponse(content)
