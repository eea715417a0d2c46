"""One request to one route: who, how often, what, ask, answer. Read this to know what happens between HTTP and RPC.

Why this module exists: the same five steps stand before every service, in the order in which they are cheap. Each
endpoint is a plain ASGI application made from its :class:`Route`.
"""

from __future__ import annotations

import asyncio
import re
import time
from typing import TYPE_CHECKING, Any

import orjson
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from gateway import metrics
from gateway.payloads import read_payload
from gateway.problems import locale_of, problem
from gateway.routing import Route
from services.chassis.context import Caller
from services.chassis.errors import AppError, FieldError, InternalError, Invalid
from services.chassis.ids import new_id
from services.chassis.logs import get_logger
from services.chassis.tracing import child_of

if TYPE_CHECKING:
    from gateway.app import Gateway

log = get_logger(__name__)

_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")
_IDEMPOTENCY_KEY = re.compile(r"[\x21-\x7e]{1,128}")


class Endpoint:
    """The ASGI application behind one route."""

    def __init__(self, route: Route, gateway: Gateway) -> None:
        self._route = route
        self._gateway = gateway
        self._schema = route.request()
        self._from_client = None if route.from_client is None else route.from_client()
        self._label = f"{route.method} {route.path}"
        self._seconds = {n: metrics.REQUEST_SECONDS.labels(self._label, f"{n}xx") for n in (2, 3, 4, 5)}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request; nothing that a client sends ends in anything but an answer."""
        started = time.perf_counter()
        request = Request(scope, receive)
        request_id, traceparent = request_ids(request)
        locale = locale_of(request)
        try:
            response = await self._answer(request, request_id, traceparent, locale)
        except AppError as error:
            response = problem(error, locale, request_id)
        except Exception:
            log.error("request_failed", route=self._label, request_id=request_id, exc_info=True)
            response = problem(InternalError(), locale, request_id)
        response.headers["X-Request-Id"] = request_id
        response.headers["traceparent"] = traceparent
        self._seconds[response.status_code // 100].observe(time.perf_counter() - started)
        await response(scope, receive, send)

    async def _answer(self, request: Request, request_id: str, traceparent: str, locale: str) -> Response:
        route, gateway = self._route, self._gateway
        caller = gateway.caller_of(request, request_id, traceparent, locale)
        route.who.check(caller)
        await gateway.limits.check(caller.account_id or caller.remote_address or "")
        if route.strict:
            await gateway.limits.check_strict(caller.remote_address or "", self._label)
        payload = await read_payload(request, route, gateway.settings.max_json_bytes)
        if self._from_client is not None:
            self._from_client.parse(payload)
        if route.prepare is not None:
            payload = await route.prepare(request, caller, payload, gateway)
        self._schema.parse(payload)
        answer = await self._ask(payload, caller)
        if route.render is not None:
            rendered = await route.render(request, answer)
            if rendered is not None:
                return rendered
        if route.status == 204:
            return Response(status_code=204)
        return Response(orjson.dumps(answer), status_code=route.status, media_type="application/json")

    async def _ask(self, payload: dict[str, Any], caller: Caller) -> Any:
        call, deadline = self._gateway.rpc.call, self._route.deadline
        targets = self._route.targets_for(payload)
        if len(targets) == 1:
            return await call(targets[0], payload, caller, deadline=deadline)
        parts = await asyncio.gather(*(call(target, payload, caller, deadline=deadline) for target in targets))
        return {name: value for part in parts for name, value in part.items()}


def request_ids(request: Request) -> tuple[str, str]:
    """The request id (the client's, if it is sane) and a span of the client's trace."""
    given = request.headers.get("x-request-id", "")
    request_id = given if _REQUEST_ID.fullmatch(given) else new_id()
    return request_id, child_of(request.headers.get("traceparent"))


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


def anonymous_caller(request: Request, address: str, request_id: str, traceparent: str, locale: str) -> Caller:
    """A caller who has not said who they are."""
    return Caller(
        locale=locale,
        request_id=request_id,
        traceparent=traceparent,
        idempotency_key=idempotency_key(request),
        remote_address=address,
    )


def accepts(request: Request, *media_types: str) -> str | None:
    """Which of ``media_types`` the client asks for by name; None for JSON or anything."""
    header = request.headers.get("accept", "")
    return next((media_type for media_type in media_types if media_type in header), None)
