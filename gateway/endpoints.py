"""One request to one route: who, how often, what, ask, answer. Read this to know what happens between HTTP and RPC.

Why this module exists: the same five steps stand before every service, in the order in which they are cheap. Each
endpoint is a plain ASGI application made from its :class:`Route`; what does not change from one request to the next
(schemas, labelled metrics, headers) is made once, at start.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import orjson
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from gateway import metrics
from gateway.incoming import incoming, locale_of, request_ids
from gateway.payloads import read_payload
from gateway.problems import problem
from gateway.routing import AllOf, OneOf, Route
from services.chassis.context import Caller
from services.chassis.errors import AppError, InternalError
from services.chassis.logs import get_logger

if TYPE_CHECKING:
    from gateway.app import Gateway

log = get_logger(__name__)


class Endpoint:
    """The ASGI application behind one route."""

    def __init__(self, route: Route, gateway: Gateway) -> None:
        self._route = route
        self._gateway = gateway
        self._schema = route.request()
        self._from_client = None if route.from_client is None or route.raw_body else route.from_client()
        self._label = f"{route.method} {route.path}"
        self._seconds = {n: metrics.REQUEST_SECONDS.labels(self._label, f"{n}xx") for n in (2, 3, 4, 5)}
        self._respond = self._ask_service if isinstance(route.rpc, str | OneOf | AllOf) else self._answer_directly

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request; nothing that a client sends ends in anything but an answer."""
        started = time.perf_counter()
        request = incoming(scope, receive)
        request_id, traceparent = request_ids(request)
        locale = locale_of(request)
        try:
            caller = await self._admit(request, request_id, traceparent, locale)
            response = await self._respond(request, caller)
        except AppError as error:
            response = problem(error, locale, request_id)
        except Exception:
            log.error("request_failed", route=self._label, request_id=request_id, exc_info=True)
            response = problem(InternalError(), locale, request_id)
        response.raw_headers += (
            (b"x-request-id", request_id.encode()),
            (b"traceparent", traceparent.encode()),
        )
        self._seconds[response.status_code // 100].observe(time.perf_counter() - started)
        await response(scope, receive, send)

    async def _admit(self, request: Request, request_id: str, traceparent: str, locale: str) -> Caller:
        route, gateway = self._route, self._gateway
        caller = gateway.caller_of(request, request_id, traceparent, locale)
        route.who.check(caller)
        await gateway.limits.check(caller.account_id or caller.remote_address or "")
        if route.strict:
            await gateway.limits.check_strict(caller.remote_address or "", self._label)
        return caller

    async def _answer_directly(self, request: Request, caller: Caller) -> Response:
        return await self._route.rpc(request, caller, self._gateway)  # type: ignore[operator]  # see __init__

    async def _ask_service(self, request: Request, caller: Caller) -> Response:
        route = self._route
        payload = await read_payload(request, route, route.max_bytes or self._gateway.settings.max_json_bytes)
        if self._from_client is not None:
            self._from_client.parse(payload)
        if route.prepare is not None:
            payload = await route.prepare(request, caller, payload, self._gateway)
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
        return _together(parts)


def _together(parts: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """One object of several; what more than one of them has under the same name, an object each, is one object, too."""
    whole: dict[str, Any] = {}
    for part in parts:
        for name, value in part.items():
            whole[name] = {**whole[name], **value} if name in whole else value
    return whole


def accepts(request: Request, *media_types: str) -> str | None:
    """Which of ``media_types`` the client asks for by name; None for JSON or anything."""
    header = request.headers.get("accept", "")
    return next((media_type for media_type in media_types if media_type in header), None)
