"""From an HTTP request to the one payload that a service is asked with.

Why this module exists: whatever a client sends, the answer is a refusal it can understand. Bodies are read with a
limit, strictly parsed (orjson takes neither NaN, lone surrogates nor bottomless nesting), merged with path and query,
and validated by the same schema that the service uses.
"""

from __future__ import annotations

from base64 import b64encode
from typing import Any

import orjson
from starlette.requests import ClientDisconnect, Request

from gateway.errors import TooLarge, UnsupportedMediaType
from gateway.routing import Route
from services.chassis.errors import BadRequest, FieldError, Invalid


async def read_payload(request: Request, route: Route, max_bytes: int) -> dict[str, Any]:
    """Path, query and body of ``request`` as one object; raises ``BadRequest``, ``TooLarge``, ``Invalid`` …"""
    if route.raw_body:
        given = _read_query(request) | {"body_base64": b64encode(await read_body(request, max_bytes)).decode()}
    elif route.takes_body:
        given = await _read_json(request, max_bytes)
    else:
        given = _read_query(request)
    parameters = request.path_params
    named_twice = [name for name in parameters if name in given]
    if named_twice:
        raise Invalid(
            *(FieldError(name, "unknown_field", "已在地址中给出", "stands in the address") for name in named_twice)
        )
    return {**given, **parameters} if parameters else given


def _read_query(request: Request) -> dict[str, Any]:
    if not request.scope["query_string"]:
        return {}
    given: dict[str, Any] = {}
    for name, value in request.query_params.multi_items():
        if "\ufffd" in name or "\ufffd" in value:  # what the parser makes of bytes that are not UTF-8
            raise BadRequest(why_zh="查询参数应为 UTF-8 编码。", why_en="The query is not UTF-8.")
        if name in given:
            raise Invalid(FieldError(name, "repeated", "参数重复", "is given more than once"))
        given[name] = value
    return given


async def read_body(request: Request, max_bytes: int) -> bytes:
    """The raw body; raises ``TooLarge`` as soon as the limit is passed, whatever Content-Length says."""
    declared = request.headers.get("content-length", "0")
    if declared.isdigit() and int(declared) > max_bytes:
        raise TooLarge(max_bytes=max_bytes)
    chunks, size = [], 0
    try:
        async for chunk in request.stream():
            size += len(chunk)
            if size > max_bytes:
                raise TooLarge(max_bytes=max_bytes)
            chunks.append(chunk)
    except ClientDisconnect:
        raise BadRequest(why_zh="请求未完整送达。", why_en="The request did not arrive completely.") from None
    return chunks[0] if len(chunks) == 1 else b"".join(chunks)


async def _read_json(request: Request, max_bytes: int) -> dict[str, Any]:
    body = await read_body(request, max_bytes)
    if not body:
        return {}
    if not _is_json(request.headers.get("content-type", "")):
        raise UnsupportedMediaType(accepted="application/json; charset=utf-8")
    try:
        given = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise BadRequest(why_zh=f"不是有效的 JSON：{error.msg}", why_en=f"This is not JSON: {error.msg}") from None
    if not isinstance(given, dict):
        raise Invalid(FieldError("body", "wrong_type", "应为对象", "must be an object"))
    return given


def _is_json(content_type: str) -> bool:
    if content_type == "application/json":
        return True
    media_type, _, parameters = content_type.lower().partition(";")
    charset = parameters.partition("charset=")[2].partition(";")[0].strip(' "')
    return media_type.strip() == "application/json" and charset in ("", "utf-8", "utf8", "us-ascii")
