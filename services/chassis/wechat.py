"""WeChat's interface of a service account, as far as everybody needs it: the token, and one question.

Why this module exists: binding accounts and sending notices are different services' work, with one account. Its
``stable_token`` is the same for whoever asks, so each process keeps a copy of its own and none spoils another's.
httpx against the documented interface: the known SDK is from 2021.
"""

from __future__ import annotations

import time
from typing import Any

import httpx

from services.chassis.errors import Unavailable
from services.chassis.logs import get_logger

log = get_logger(__name__)

_BAD_TOKEN = frozenset({40001, 40014, 42001})
# A token lives 7200 s; it is changed before somebody's request finds it dead.
_MARGIN_SECONDS = 300


class WeChatInterface:
    """Asks for one service account; keeps its token as long as it is good."""

    def __init__(self, app_id: str, app_secret: str, http: httpx.Client) -> None:
        self.app_id = app_id
        self._app_secret = app_secret
        self._http = http
        self._token: str | None = None
        self._token_good_until = 0.0

    def call(self, path: str, request: dict[str, Any]) -> dict[str, Any]:
        """What WeChat says to a POST with the token, or to our asking for one; a dead token is changed once.

        A refusal has an ``errcode`` other than 0. Raises ``Unavailable``.
        """
        answer = self._with_token(path, request)
        if answer.get("errcode") in _BAD_TOKEN:  # somebody else has made a new one
            self._token = None
            answer = self._with_token(path, request)
        return answer

    def get_with_secret(self, path: str, **parameters: str) -> dict[str, Any]:
        """What WeChat says to a GET with the account's id and secret; raises ``Unavailable``."""
        return self._ask("GET", path, params={"appid": self.app_id, "secret": self._app_secret, **parameters})

    def _with_token(self, path: str, request: dict[str, Any]) -> dict[str, Any]:
        if self._token is None or time.monotonic() >= self._token_good_until:
            credentials = {"grant_type": "client_credential", "appid": self.app_id, "secret": self._app_secret}
            answer = self._ask("POST", "/cgi-bin/stable_token", json=credentials)
            if "access_token" not in answer:
                return answer
            self._token = str(answer["access_token"])
            self._token_good_until = time.monotonic() + float(answer.get("expires_in", 0)) - _MARGIN_SECONDS
        return self._ask("POST", path, params={"access_token": self._token}, json=request)

    def _ask(self, method: str, path: str, **what: Any) -> dict[str, Any]:
        try:
            answer = self._http.request(method, path, **what).raise_for_status().json()
        except (httpx.HTTPError, ValueError) as error:
            log.warning("wechat_unavailable", path=path, error=type(error).__name__)  # its text holds the secret
            raise Unavailable() from None
        if not isinstance(answer, dict):
            raise Unavailable()
        return answer
