"""What every request says about itself: its id and trace, its language, its Idempotency-Key, where it comes from.

Why this module exists: endpoints, refusals and the few pages outside the route table read the same headers, and a
header that makes no sense must be harmless in all of them.
"""

from __future__ import annotations

import re
from typing import Any

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.types import Receive, Scope

from services.chassis.errors import FieldError, Invalid
from services.chassis.ids import new_id
from services.chassis.tracing import child_of

_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")
_IDEMPOTENCY_KEY = re.compile(r"[\x21-\x7e]{1,128}")


class IndexedHeaders(Headers):
    """Headers by one look-up each: a request is asked for a dozen, and Starlette walks the list for each of them."""

    def __init__(self, scope: Scope) -> None:
        super().__init__(scope=scope)
        self._first = dict(reversed(scope["headers"]))

    def get(self, key: str, default: Any = None) -> Any:
        """The first value of a header."""
        found = self._first.get(key.lower().encode("latin-1"))
        return default if found is None else found.decode("latin-1")


def incoming(scope: Scope, receive: Receive) -> Request:
    """The request, with indexed headers."""
    request = Request(scope, receive)
    request._headers = IndexedHeaders(scope)
    return request


def request_ids(request: Request) -> tuple[str, str]:
    """The request id (the client's, if it is sane) and a span of the client's trace."""
    given = request.headers.get("x-request-id", "")
    request_id = given if _REQUEST_ID.fullmatch(given) else new_id()
    return request_id, child_of(request.headers.get("traceparent"))


def locale_of(request: Request) -> str:
    """``en`` if the client prefers it to Chinese, else ``zh``."""
    header = request.headers.get("accept-language", "")
    if "en" not in header:
        return "zh"
    weights = {"zh": 0.0, "en": 0.0}
    for part in header.split(","):
        tag, _, quality = part.strip().partition(";q=")
        language = tag.strip().lower()[:2]
        if language in weights:
            try:
                weights[language] = max(weights[language], float(quality or 1))
            except ValueError:
                continue
    return "en" if weights["en"] > weights["zh"] else "zh"


def idempotency_key(request: Request) -> str | None:
    """The client's Idempotency-Key on a POST; raises ``Invalid`` if it is none."""
    if request.method != "POST":
        return None
    key = request.headers.get("idempotency-key")
    if key is not None and not _IDEMPOTENCY_KEY.fullmatch(key):
        raise Invalid(
            FieldError(
                "Idempotency-Key",
                "bad_key",
                "应为 1 至 128 个可见 ASCII 字符",
                "must be 1 to 128 visible ASCII characters",
            )
        )
    return key
