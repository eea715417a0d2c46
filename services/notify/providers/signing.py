"""How Tencent's and Aliyun's interfaces want a request signed. Pure: the moment and the nonce are given.

Why this module exists: a signature is right to the byte or worthless, so each stands alone, where a test holds it
against the example that its provider has published. Tencent: "签名方法 v3" of API 3.0 (TC3-HMAC-SHA256). Aliyun:
"V3版本请求体&签名机制" (ACS3-HMAC-SHA256).
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from datetime import UTC, datetime
from urllib.parse import quote

TC3, ACS3 = "TC3-HMAC-SHA256", "ACS3-HMAC-SHA256"


def tc3_authorization(
    secret_id: str, secret_key: str, *, service: str, timestamp: int, headers: Mapping[str, str], body: bytes
) -> str:
    """The ``Authorization`` of a POST at ``timestamp`` (Unix seconds); ``headers`` are those to be signed.

    The address is always ``/`` without a query, whatever stands in front of it.
    """
    names, canonical = _canonical_headers({name: value.lower() for name, value in headers.items()})
    request = f"POST\n/\n\n{canonical}\n{names}\n{sha256_hex(body)}"
    date = datetime.fromtimestamp(timestamp, UTC).strftime("%Y-%m-%d")
    scope = f"{date}/{service}/tc3_request"
    to_sign = f"{TC3}\n{timestamp}\n{scope}\n{sha256_hex(request.encode())}"
    key = f"TC3{secret_key}".encode()
    for part in scope.split("/"):
        key = _hmac(key, part)
    return f"{TC3} Credential={secret_id}/{scope}, SignedHeaders={names}, Signature={_hmac(key, to_sign).hex()}"


def acs3_authorization(
    key_id: str, key_secret: str, *, path: str, query: Mapping[str, str], headers: Mapping[str, str], body: bytes
) -> str:
    """The ``Authorization`` of a POST; ``headers`` are ``host`` and every ``x-acs-…``, its date and nonce included."""
    names, canonical = _canonical_headers(headers)
    request = f"POST\n{path}\n{canonical_query(query)}\n{canonical}\n{names}\n{sha256_hex(body)}"
    to_sign = f"{ACS3}\n{sha256_hex(request.encode())}"
    return f"{ACS3} Credential={key_id},SignedHeaders={names},Signature={_hmac(key_secret.encode(), to_sign).hex()}"


def canonical_query(query: Mapping[str, str]) -> str:
    """Sorted, and encoded by RFC 3986: the very text that must stand in the address."""
    return "&".join(f"{_encoded(name)}={_encoded(query[name])}" for name in sorted(query))


def sha256_hex(content: bytes) -> str:
    """As both write a digest."""
    return hashlib.sha256(content).hexdigest()


def _canonical_headers(headers: Mapping[str, str]) -> tuple[str, str]:
    """(``a;b``, ``a:1\\nb:2\\n``), by the names in lower case."""
    ordered = sorted((name.lower(), value.strip()) for name, value in headers.items())
    return ";".join(name for name, _ in ordered), "".join(f"{name}:{value}\n" for name, value in ordered)


def _encoded(text: str) -> str:
    return quote(text, safe="-_.~")


def _hmac(key: bytes, text: str) -> bytes:
    return hmac.new(key, text.encode(), hashlib.sha256).digest()
