"""Refusals as ``application/problem+json``, in the language the client asked for (API.md, "Errors")."""

from __future__ import annotations

from typing import Any

import orjson
from starlette.requests import Request
from starlette.responses import Response

from gateway import metrics
from gateway.incoming import locale_of, request_ids
from services.chassis.errors import AppError, TooMany


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
