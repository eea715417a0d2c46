"""The gateway as a whole: its parts, its routes, and the ASGI application made of them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from functools import lru_cache
from typing import Any, Protocol

import orjson
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route as StarletteRoute
from starlette.types import ASGIApp, Receive, Scope, Send

from gateway import docs_page, metrics, openapi
from gateway.certificates.printer import Printer
from gateway.endpoints import Endpoint
from gateway.errors import MethodNotAllowed, UnknownPath
from gateway.idempotency import Answers
from gateway.inbox_news import InboxNews
from gateway.incoming import idempotency_key
from gateway.limits import RateLimits
from gateway.path_table import PathTable
from gateway.problems import answer_problem
from gateway.routes import ALL_ROUTES, DEVELOPMENT_ROUTES
from gateway.routing import Route
from gateway.settings import GatewaySettings
from gateway.streams import Streams
from gateway.tokens import NOBODY, TokenVerifier
from gateway.upload_sweep import sweep_forever
from gateway.uploads import FileStore, UploadStore
from gateway.watched_sessions import WatchedSessions
from services.chassis.clock import Clock
from services.chassis.context import Caller
from services.chassis.errors import AppError, InternalError
from services.chassis.logs import get_logger

log = get_logger(__name__)

API_PREFIX = "/v1"
MAX_USER_AGENT = 200


class Rpc(Protocol):
    """What the gateway needs of an RPC client; tests give it another."""

    @property
    def connected(self) -> bool:
        """Whether a call would be sent."""
        ...

    @property
    def pending(self) -> int:
        """How many calls wait for an answer."""
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


def _user_agent_of(request: Request) -> str | None:
    """What the client says it is, as one short line of printable ASCII: people read it in their list of sessions."""
    said = "".join(c if c.isascii() and c.isprintable() else " " for c in request.headers.get("user-agent", ""))
    return " ".join(said.split())[:MAX_USER_AGENT] or None


class Gateway:
    """The parts that endpoints use."""

    def __init__(self, settings: GatewaySettings, rpc: Rpc, *, routes: Sequence[Route] | None = None) -> None:
        self.settings = settings
        self.rpc = rpc
        self.clock: Clock = settings.clock()
        self.tokens = TokenVerifier(settings.token_keys, self.clock)
        self.limits = RateLimits(settings.rate_limit, settings.strict_rate_limit, settings.redis_url)
        self.uploads: UploadStore = FileStore(settings.upload_dir, settings.max_upload_bytes)
        self.printer = Printer(settings.certificate_fonts, settings.verification_address)
        self.streams = Streams(settings.streams_per_account, settings.streams_in_all)
        self.inbox_streams = Streams(settings.streams_per_account, settings.inbox_streams_in_all)
        self.inbox_news = InboxNews(rpc, settings.stream_poll_seconds)
        self.watched_sessions = WatchedSessions(rpc, settings.session_check_seconds)
        self.answers = Answers(settings.upload_dir / "answers")
        self.routes = routes_for(settings) if routes is None else list(routes)
        metrics.RPC_PENDING.set_function(lambda: rpc.pending)

    def caller_of(self, request: Request, request_id: str, traceparent: str, locale: str) -> Caller:
        """Who is calling, by the token; raises ``NotAuthenticated`` for a bad one."""
        authorization = request.headers.get("authorization")
        identity = NOBODY if authorization is None else self.tokens.identify(authorization)
        return Caller(
            kind=identity.kind,
            account_id=identity.account_id,
            volunteer_id=identity.volunteer_id,
            roles=identity.roles,
            session_id=identity.session_id,
            locale=locale,
            request_id=request_id,
            traceparent=traceparent,
            idempotency_key=idempotency_key(request),
            remote_address=self._address_of(request),
            user_agent=_user_agent_of(request),
        )

    def _address_of(self, request: Request) -> str:
        peer = request.client.host if request.client else ""
        if peer in self.settings.trusted_proxies:
            forwarded = request.headers.get("x-forwarded-for", "")
            return forwarded.rpartition(",")[2].strip() or peer
        return peer

    def application(self) -> ASGIApp:
        """The ASGI application."""
        document, page = _described(tuple(self.routes))

        async def show_document(_request: Request) -> Response:
            return Response(document, media_type="application/json")

        async def show_page(_request: Request) -> Response:
            return HTMLResponse(page, headers={"Content-Security-Policy": docs_page.CONTENT_SECURITY_POLICY})

        beside_the_contract = Starlette(
            routes=[
                StarletteRoute("/openapi.json", show_document),
                StarletteRoute("/docs", show_page),
                StarletteRoute("/livez", self._livez),
                StarletteRoute("/readyz", self._readyz),
            ],
            lifespan=self._lifespan,
            exception_handlers={HTTPException: _http_problem, Exception: _unexpected},
        )
        beside_the_contract.router.redirect_slashes = False
        table = PathTable(API_PREFIX, [(route, Endpoint(route, self)) for route in self.routes])
        application: ASGIApp = _Front(table, beside_the_contract)
        if self.settings.allowed_origins:
            application = CORSMiddleware(
                application,
                allow_origins=list(self.settings.allowed_origins),
                allow_methods=["GET", "POST", "PUT", "PATCH", "DELETE"],
                allow_headers=["Authorization", "Content-Type", "Idempotency-Key", "X-Request-Id", "traceparent"],
                expose_headers=["X-Request-Id", "Retry-After"],
            )
        return application

    @asynccontextmanager
    async def _lifespan(self, _application: Any) -> AsyncIterator[None]:
        await self.rpc.start()
        sweeping = asyncio.create_task(sweep_forever(self))
        yield
        sweeping.cancel()
        self.inbox_news.stop()
        self.watched_sessions.stop()
        await self.rpc.stop()

    async def _livez(self, _request: Request) -> Response:
        return JSONResponse({"status": "ok"})

    async def _readyz(self, _request: Request) -> Response:
        if self.rpc.connected:
            return JSONResponse({"status": "ok"})
        return JSONResponse({"status": "not_ready", "faults": {"broker": "not connected"}}, status_code=503)


@lru_cache(maxsize=4)
def _described(routes: tuple[Route, ...]) -> tuple[bytes, str]:
    """The OpenAPI document and the page made of it: a second of work, once for the same routes."""
    document = openapi.document(routes)
    return orjson.dumps(document), docs_page.render(document)


def routes_for(settings: GatewaySettings) -> list[Route]:
    """The contract; outside production with what is for development only."""
    return [*ALL_ROUTES] if settings.production else [*ALL_ROUTES, *DEVELOPMENT_ROUTES]


async def _http_problem(request: Request, error: Exception) -> Response:
    """Starlette's own refusals (404, 405) as problems."""
    assert isinstance(error, HTTPException)
    refusal: AppError = MethodNotAllowed() if error.status_code == 405 else UnknownPath()
    return answer_problem(refusal, request, dict(error.headers or {}))


async def _unexpected(request: Request, error: Exception) -> Response:
    log.error("request_failed", path=request.url.path, exc_info=error)
    return answer_problem(InternalError(), request)


class _Front:
    """Sends the contract's paths to the path table and all others to Starlette; adds what every answer carries."""

    _HEADERS = (
        (b"x-content-type-options", b"nosniff"),
        (b"referrer-policy", b"no-referrer"),
        (b"cache-control", b"no-store"),
    )

    def __init__(self, contract: ASGIApp, others: ASGIApp) -> None:
        self._contract = contract
        self._others = others

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":  # lifespan is Starlette's; it refuses websockets
            await self._others(scope, receive, send)
            return

        async def send_with_headers(message: Any) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], *self._HEADERS]
            await send(message)

        handler = self._contract if scope["path"].startswith(f"{API_PREFIX}/") else self._others
        await handler(scope, receive, send_with_headers)
