"""Refusals as ``application/problem+json``, in the language the client asked for (API.md, "Errors")."""

from __future__ import annotations

from typing import Any

import orjson
from starlette.requests import Request
from starlette.responses import Response

from gateway import metrics
from gateway.incoming import locale_of, request_ids
from services.chassis.errors import AppError, NotFound, TooMany


class MethodNotAllowed(AppError):
    """The path is known, and does not know this method; ``Allow`` says which it knows."""

    code = "method_not_allowed"
    status = 405
    title_zh, title_en = "不支持的方法", "Method not allowed"
    detail_zh, detail_en = "此地址不支持该方法。", "This address does not know that method."


class TooLarge(AppError):
    """The body is larger than this route takes."""

    code = "too_large"
    status = 413
    title_zh, title_en = "内容过大", "Too large"
    detail_zh, detail_en = "内容不得超过 {max_bytes} 字节。", "At most {max_bytes} bytes are taken."


class UnsupportedMediaType(AppError):
    """The body has a type that this route does not take."""

    code = "unsupported_media_type"
    status = 415
    title_zh, title_en = "不支持的内容类型", "Unsupported media type"
    detail_zh, detail_en = "此处接受 {accepted}。", "This takes {accepted}."


class UnknownPath(NotFound):
    """There is nothing at this address."""

    code = "unknown_path"
    title_zh, title_en = "地址不存在", "No such address"
    detail_zh, detail_en = "此地址不存在，请查阅 /docs。", "There is nothing here; see /docs."


def problem(error: AppError, locale: str, request_id: str, headers: dict[str, str] | None = None) -> Response:
    """``error`` as a response."""
    metrics.REFUSALS.labels(error.code).inc()
    extra: dict[str, Any] = dict(headers or {})
    if isinstance(error, TooMany) or "retry_after" in error.data:
        extra["Retry-After"] = str(error.data.get("retry_after", 1))
    elif error.status == 503:
        extra["Retry-After"] = "1"
    if error.status == 401:
        extra["WWW-Authenticate"] = "Bearer"
    return Response(
        orjson.dumps(error.to_problem(locale, request_id)),
        status_code=error.status,
        media_type="application/problem+json",
        headers={"Content-Language": locale, **extra},
    )


def answer_problem(error: AppError, request: Request, headers: dict[str, str] | None = None) -> Response:
    """``error`` as the whole answer to ``request``, for where no endpoint has read its ids yet."""
    request_id, traceparent = request_ids(request)
    ids = {"X-Request-Id": request_id, "traceparent": traceparent}
    return problem(error, locale_of(request), request_id, {**ids, **(headers or {})})
