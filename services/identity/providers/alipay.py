"""Alipay's ``alipay.system.oauth.token``: RSA2 both ways. What we ask is signed; what comes back is checked."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import httpx
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_der_private_key, load_der_public_key

from services.chassis.clock import SHANGHAI
from services.chassis.errors import Unavailable
from services.chassis.logs import get_logger
from services.identity.errors import BadAuthorizationCode

log = get_logger(__name__)

METHOD = "alipay.system.oauth.token"
_ANSWER, _REFUSAL = "alipay_system_oauth_token_response", "error_response"
_BAD_CODE = frozenset({"isv.code-invalid", "isv.code-has-been-used", "isv.code-expired"})


class AlipayGateway:
    """Speaks for one application. Keys as Alipay's console gives them: base64 of PKCS#8 and of the public key's DER."""

    def __init__(self, app_id: str, private_key: str, public_key: str, url: str, http: httpx.Client) -> None:
        self._app_id = app_id
        self._private_key = private_key_in(private_key)
        self._public_key = public_key_in(public_key)
        self._url = url
        self._http = http

    def openid_for(self, code: str) -> str:
        """Who consented; a code is good once and for a day."""
        parameters = {
            "app_id": self._app_id,
            "method": METHOD,
            "format": "JSON",
            "charset": "utf-8",
            "sign_type": "RSA2",
            # Alipay compares with its own clock, so this is not the platform's, which development can move
            "timestamp": datetime.now(SHANGHAI).strftime("%Y-%m-%d %H:%M:%S"),
            "version": "1.0",
            "grant_type": "authorization_code",
            "code": code,
        }
        try:
            answer = self._http.post(self._url, data={**parameters, "sign": signed(parameters, self._private_key)})
            name, node = verified(answer.raise_for_status().text, self._public_key)
        except (httpx.HTTPError, ValueError, InvalidSignature) as error:
            log.warning("alipay_unavailable", error=type(error).__name__)
            raise Unavailable() from None
        if name == _ANSWER and ("open_id" in node or "user_id" in node):
            return str(node.get("open_id") or node["user_id"])  # newer applications get open_id alone
        if node.get("sub_code") in _BAD_CODE:
            raise BadAuthorizationCode(provider="alipay")
        log.warning("alipay_refused", code=node.get("code"), sub_code=node.get("sub_code"))
        raise Unavailable()


def private_key_in(text: str) -> RSAPrivateKey:
    """A PKCS#8 RSA key out of base64, with PEM lines or without; raises ``ValueError``."""
    key = load_der_private_key(_der(text), password=None)
    if not isinstance(key, RSAPrivateKey):
        raise ValueError("is no RSA key")
    return key


def public_key_in(text: str) -> RSAPublicKey:
    """An RSA public key out of base64, with PEM lines or without; raises ``ValueError``."""
    key = load_der_public_key(_der(text))
    if not isinstance(key, RSAPublicKey):
        raise ValueError("is no RSA key")
    return key


def _der(text: str) -> bytes:
    lines = [line.strip() for line in text.strip().splitlines() if not line.startswith("-----")]
    try:
        return base64.b64decode("".join(lines), validate=True)
    except binascii.Error:
        raise ValueError("is not base64") from None


def to_be_signed(parameters: Mapping[str, str]) -> bytes:
    """Sorted ``name=value`` with ``&`` between, without the signature and what is empty."""
    pairs = sorted((name, value) for name, value in parameters.items() if name != "sign" and value)
    return "&".join(f"{name}={value}" for name, value in pairs).encode()


def signed(parameters: Mapping[str, str], key: RSAPrivateKey) -> str:
    """The signature of a request."""
    return base64.b64encode(key.sign(to_be_signed(parameters), PKCS1v15(), SHA256())).decode()


def verified(text: str, key: RSAPublicKey) -> tuple[str, dict[str, Any]]:
    """The name and content of an answer's node; raises ``InvalidSignature`` or ``ValueError``.

    What is signed are the node's very bytes, as they stand in the text.
    """
    answer = json.loads(text)
    name = next((name for name in (_ANSWER, _REFUSAL) if name in answer), None)
    if name is None or not isinstance(answer.get("sign"), str):
        raise ValueError("no answer, or no signature")
    start = text.index(":", text.index(f'"{name}"')) + 1
    start += len(text[start:]) - len(text[start:].lstrip())
    node, end = json.JSONDecoder().raw_decode(text, start)
    if not isinstance(node, dict):
        raise ValueError("no object")
    key.verify(base64.b64decode(answer["sign"]), text[start:end].encode(), PKCS1v15(), SHA256())
    return name, node
