"""Refusals as ``application/problem+json``, in the language the client asked for (API.md, "Errors")."""

from __future__ import annotations

from typing import Any

import orjson
from starlette.requests import Request
from starlette.responses import Response

from gateway import metrics
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


def problem(error: AppError, locale: str, request_id: str, headers: dict[str, str] | None = None) -> Response:
    """``error`` as a response."""
    metrics.REFUSALS.labels(error.code).inc()
    extra: dict[str, Any] = dict(headers or {})
    if isinstance(error, TooMany) or "retry_after" in error.data:
        extra["Retry-After"] = str(error.data.get("retry_after", 1))
    if error.status == 401:
        extra["WWW-Authenticate"] = "Bearer"
    return Response(
        orjson.dumps(error.to_problem(locale, request_id)),
        status_code=error.status,
        media_type="application/problem+json",
        headers={"Content-Language": locale, **extra},
    )
