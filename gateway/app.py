"""The gateway as a whole: its parts, its routes, and the ASGI application made of them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any, Protocol

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute
from starlette.routing import Route as StarletteRoute
from starlette.types import ASGIApp, Receive, Scope, Send

from gateway import openapi
from gateway.endpoints import Endpoint, anonymous_caller, request_ids
from gateway.limits import RateLimits
from gateway.problems import MethodNotAllowed, UnknownPath, locale_of, problem
from gateway.routes import ALL_ROUTES, DEVELOPMENT_ROUTES
from gateway.routes.direct import direct_routes
from gateway.routing import Route
from gateway.settings import GatewaySettings
from gateway.tokens import TokenVerifier
from gateway.uploads import FileStore, UploadStore
from services.chassis.clock import Clock
from services.chassis.context import Caller
from services.chassis.errors import AppError, InternalError


class Rpc(Protocol):
    """What the gateway needs of an RPC client; tests give it another."""

    @property
    def connected(self) -> bool:
        """Whether a call would be sent."""
        ...

    async def start(self) -> None:
        """Begin to connect."""
        ...

    async def stop(self) -> None:
        """Close."""
        ...

    async def call(self, target: str, payload: Any, caller: Caller, *, deadline: float) -> Any:
        """The answer of ``service.method``."""
        ...


class Gateway:
    """The parts that endpoints use."""

    def __init__(self, settings: GatewaySettings, rpc: Rpc, *, routes: Sequence[Route] | None = None) -> None:
        self.settings = settings
        self.rpc = rpc
        self.clock: Clock = settings.clock()
        self.tokens = TokenVerifier(settings.token_keys, self.clock)
        self.limits = RateLimits(settings.rate_limit, settings.strict_rate_limit, settings.redis_url)
        self.uploads: UploadStore = FileStore(settings.upload_dir, settings.max_upload_bytes)
        declared = list(ALL_ROUTES if routes is None else routes)
        if routes is None and not settings.production:
            declared += DEVELOPMENT_ROUTES
        self.routes = declared

    def caller_of(self, request: Request, request_id: str, traceparent: str, locale: str) -> Caller:
        """Who is calling, by the token; raises ``NotAuthenticated`` for a bad one."""
        caller = anonymous_caller(request, self._address_of(request), request_id, traceparent, locale)
        authorization = request.headers.get("authorization")
        if authorization is None:
            return caller
        identity = self.tokens.identify(authorization)
        return replace(
            caller,
            kind=identity.kind,
            account_id=identity.account_id,
            volunteer_id=identity.volunteer_id,
            roles=identity.roles,
            session_id=identity.session_id,
        )

    def _address_of(self, request: Request) -> str:
        peer = request.client.host if request.client else ""
        if peer in self.settings.trusted_proxies:
            forwarded = request.headers.get("x-forwarded-for", "")
            return forwarded.rpartition(",")[2].strip() or peer
        return peer

    def application(self) -> ASGIApp:
        """The ASGI application."""
        document = openapi.document(self.routes)
        routes: list[BaseRoute] = [
            StarletteRoute(f"/v1{route.path}", Endpoint(route, self), methods=[route.method]) for route in self.routes
        ]
        routes += direct_routes(self)
        routes += [
            StarletteRoute("/openapi.json", lambda _: JSONResponse(document)),
            StarletteRoute("/docs", lambda _: openapi.page(document)),
            StarletteRoute("/livez", lambda _: JSONResponse({"status": "ok"})),
            StarletteRoute("/readyz", self._readyz),
        ]
        middleware = []
        if self.settings.allowed_origins:
            middleware.append(
                Middleware(
                    CORSMiddleware,
                    allow_origins=list(self.settings.allowed_origins),
                    allow_methods=["GET", "POST", "PUT", "PATCH", "DELETE"],
                    allow_headers=["Authorization", "Content-Type", "Idempotency-Key", "X-Request-Id", "traceparent"],
                    expose_headers=["X-Request-Id", "Retry-After"],
                )
            )
        application = Starlette(
            routes=routes,
            middleware=middleware,
            lifespan=self._lifespan,
            exception_handlers={HTTPException: _http_problem, Exception: _unexpected},
        )
        return _SecurityHeaders(application)

    @asynccontextmanager
    async def _lifespan(self, _application: Any) -> AsyncIterator[None]:
        await self.rpc.start()
        yield
        await self.rpc.stop()

    async def _readyz(self, _request: Request) -> Response:
        if self.rpc.connected:
            return JSONResponse({"status": "ok"})
        return JSONResponse({"status": "not_ready", "faults": {"broker": "not connected"}}, status_code=503)


async def _http_problem(request: Request, error: Exception) -> Response:
    """Starlette's own refusals (404, 405) as problems."""
    assert isinstance(error, HTTPException)
    refusal: AppError = MethodNotAllowed() if error.status_code == 405 else UnknownPath(what="path")
    return problem(refusal, locale_of(request), request_ids(request)[0], dict(error.headers or {}))


async def _unexpected(request: Request, _error: Exception) -> Response:
    return problem(InternalError(), locale_of(request), request_ids(request)[0])


class _SecurityHeaders:
    """Adds the headers that every answer has; pure ASGI, because it is on every request's path."""

    _HEADERS = (
        (b"x-content-type-options", b"nosniff"),
        (b"referrer-policy", b"no-referrer"),
        (b"cache-control", b"no-store"),
    )

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_with_headers(message: Any) -> None:
            if message["type"] == "http.response.start":
                present = {name for name, _ in message["headers"]}
                message["headers"] = [*message["headers"], *(h for h in self._HEADERS if h[0] not in present)]
            await send(message)

        await self._app(scope, receive, send_with_headers)
