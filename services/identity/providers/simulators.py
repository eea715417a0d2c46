"""WeChat and Alipay as far as we use them, in this process: they check what the real ones check.

Why this module exists: tests and the local platform run the *real adapters*; only the transport under their HTTP client
is replaced. Production refuses them. A code of either is ``sim-<openid>-<anything>``, good once.
"""

from __future__ import annotations

import base64
import json
import secrets
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl

import httpx
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey, generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from services.chassis.clock import SHANGHAI
from services.identity.providers.alipay import METHOD, AlipayGateway, to_be_signed
from services.identity.providers.wechat import WeChatAccount

_LONGEST_SCENE = 64
_LONGEST_LIFE = 2_592_000  # 30 days


class Codes:
    """OAuth codes that were spent."""

    def __init__(self) -> None:
        self._spent: set[str] = set()

    def spend(self, code: str) -> tuple[str | None, bool]:
        """(openid or None if it is no code, whether it was spent before)."""
        prefix, _, rest = code.partition("-")
        openid, _, nonce = rest.rpartition("-")
        if prefix != "sim" or not openid or not nonce:
            return None, False
        before = code in self._spent
        self._spent.add(code)
        return openid, before


class SimulatedWeChat:
    """The endpoints of a service account."""

    def __init__(self, app_id: str, app_secret: str) -> None:
        self._app_id, self._app_secret = app_id, app_secret
        self._codes = Codes()
        self.token = ""
        self.scenes: list[str] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        """Answer as WeChat does: always 200, with an ``errcode`` where something is wrong."""
        handlers = {
            ("POST", "/cgi-bin/stable_token"): self._stable_token,
            ("POST", "/cgi-bin/qrcode/create"): self._create_qr,
            ("GET", "/sns/oauth2/access_token"): self._oauth,
        }
        handler = handlers.get((request.method, request.url.path))
        return httpx.Response(404) if handler is None else httpx.Response(200, json=handler(request))

    def _stable_token(self, request: httpx.Request) -> dict[str, Any]:
        given = json.loads(request.content)
        if given.get("grant_type") != "client_credential":
            return _wechat_error(40002, "invalid grant_type")
        if given.get("appid") != self._app_id:
            return _wechat_error(40013, "invalid appid")
        if given.get("secret") != self._app_secret:
            return _wechat_error(40125, "invalid appsecret")
        self.token = self.token or secrets.token_urlsafe(24)
        return {"access_token": self.token, "expires_in": 7200}

    def _create_qr(self, request: httpx.Request) -> dict[str, Any]:
        if not self.token or request.url.params.get("access_token") != self.token:
            return _wechat_error(40001, "invalid credential, access_token is invalid or not latest")
        given = json.loads(request.content)
        scene = given.get("action_info", {}).get("scene", {}).get("scene_str", "")
        seconds = given.get("expire_seconds", 0)
        if given.get("action_name") != "QR_STR_SCENE" or not 0 < len(scene) <= _LONGEST_SCENE:
            return _wechat_error(40053, "invalid action info")
        if not 0 < seconds <= _LONGEST_LIFE:
            return _wechat_error(40054, "invalid expire_seconds")
        self.scenes.append(scene)
        return {
            "ticket": secrets.token_urlsafe(32),
            "expire_seconds": seconds,
            "url": f"http://weixin.qq.com/q/{scene}",
        }

    def _oauth(self, request: httpx.Request) -> dict[str, Any]:
        given = request.url.params
        if given.get("appid") != self._app_id:
            return _wechat_error(40013, "invalid appid")
        if given.get("secret") != self._app_secret:
            return _wechat_error(40125, "invalid appsecret")
        if given.get("grant_type") != "authorization_code":
            return _wechat_error(40002, "invalid grant_type")
        openid, spent = self._codes.spend(given.get("code", ""))
        if openid is None:
            return _wechat_error(40029, "invalid code")
        if spent:
            return _wechat_error(40163, "code been used")
        return {"access_token": secrets.token_urlsafe(24), "expires_in": 7200, "openid": openid, "scope": "snsapi_base"}


def _wechat_error(code: int, message: str) -> dict[str, Any]:
    return {"errcode": code, "errmsg": message}


class SimulatedAlipay:
    """Alipay's one address."""

    def __init__(self, app_id: str, public_key_of_app: RSAPublicKey, own_key: RSAPrivateKey) -> None:
        self._app_id = app_id
        self._public_key_of_app = public_key_of_app
        self._own_key = own_key
        self._codes = Codes()

    def __call__(self, request: httpx.Request) -> httpx.Response:
        """Answer as Alipay does: always 200, signed, refusals too."""
        given = dict(parse_qsl(request.content.decode()))
        refusal = self._refusal(given)
        if refusal is not None:
            return self._answer("error_response", {"code": "40002", "msg": "Invalid Arguments", "sub_code": refusal})
        openid, spent = self._codes.spend(given.get("code", ""))
        if openid is None or spent:
            sub_code = "isv.code-has-been-used" if spent else "isv.code-invalid"
            return self._answer("error_response", {"code": "40002", "msg": "Invalid Arguments", "sub_code": sub_code})
        token = secrets.token_urlsafe(24)
        return self._answer(
            "alipay_system_oauth_token_response", {"access_token": token, "open_id": openid, "expires_in": 300}
        )

    def _refusal(self, given: dict[str, str]) -> str | None:
        if given.get("app_id") != self._app_id:
            return "isv.invalid-app-id"
        if given.get("method") != METHOD or given.get("grant_type") != "authorization_code":
            return "isv.invalid-method"
        try:
            signature = base64.b64decode(given.get("sign", ""))
            self._public_key_of_app.verify(signature, to_be_signed(given), PKCS1v15(), SHA256())
            sent_at = datetime.strptime(given.get("timestamp", ""), "%Y-%m-%d %H:%M:%S").replace(tzinfo=SHANGHAI)
        except (InvalidSignature, ValueError):
            return "isv.invalid-signature"
        late = abs(datetime.now(SHANGHAI) - sent_at) > timedelta(minutes=15)
        return "isv.invalid-timestamp" if late else None

    def _answer(self, name: str, node: dict[str, Any]) -> httpx.Response:
        text = json.dumps(node)
        sign = base64.b64encode(self._own_key.sign(text.encode(), PKCS1v15(), SHA256())).decode()
        return httpx.Response(200, text=f'{{"{name}":{text},"sign":"{sign}"}}')


def simulated_wechat() -> WeChatAccount:
    """The adapter, with a WeChat of its own behind it."""
    secret = secrets.token_hex(16)
    transport = httpx.MockTransport(SimulatedWeChat("wx-simulated", secret))
    return WeChatAccount("wx-simulated", secret, httpx.Client(base_url="http://wechat.invalid", transport=transport))


def simulated_alipay() -> AlipayGateway:
    """The adapter, with an Alipay of its own behind it, and keys that live as long as this process."""
    of_app, of_alipay = new_rsa_key(), new_rsa_key()
    transport = httpx.MockTransport(SimulatedAlipay("simulated", of_app.public_key(), of_alipay))
    return AlipayGateway(
        "simulated",
        private_text(of_app),
        public_text(of_alipay),
        "http://alipay.invalid/gateway.do",
        httpx.Client(transport=transport),
    )


def new_rsa_key() -> RSAPrivateKey:
    """2048 bits, as RSA2 wants them."""
    return generate_private_key(65537, 2048)


def private_text(key: RSAPrivateKey) -> str:
    """As a setting takes it."""
    return base64.b64encode(key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())).decode()


def public_text(key: RSAPrivateKey) -> str:
    """The public half, as a setting takes it."""
    der = key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return base64.b64encode(der).decode()
