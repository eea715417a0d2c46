"""What the gateway answers itself, without asking a service: uploads, and in development the movable clock."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import asdict
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute
from starlette.routing import Route as StarletteRoute

from gateway.endpoints import request_ids
from gateway.payloads import read_body, read_payload
from gateway.problems import TooLarge, UnsupportedMediaType, locale_of, problem
from gateway.routing import Route, Who
from services.chassis.clock import SHANGHAI, FileOffsetClock
from services.chassis.context import Caller
from services.chassis.errors import AppError, FieldError, Invalid, NotFound
from services.chassis.schema import Request as RequestSchema
from services.chassis.schema import whole_number

if TYPE_CHECKING:
    from gateway.app import Gateway

Handler = Callable[[Request, Caller], Awaitable[Response]]

_MINUTES_IN_TEN_YEARS = 10 * 366 * 24 * 60
# Room for the multipart envelope around a file.
_ENVELOPE_BYTES = 10_000


class AdvanceClock(RequestSchema):
    """``POST /dev/clock``."""

    advance_minutes = whole_number(min=0, max=_MINUTES_IN_TEN_YEARS, required=True)


def direct_routes(gateway: Gateway) -> list[BaseRoute]:
    """The routes, for Starlette."""
    handlers = _Direct(gateway)
    routes: list[BaseRoute] = [
        StarletteRoute("/v1/uploads", handlers.guarded(handlers.keep, Who.SIGNED_IN), methods=["POST"]),
        StarletteRoute("/v1/uploads/{upload_id}", handlers.guarded(handlers.show, Who.SIGNED_IN), methods=["GET"]),
    ]
    if isinstance(gateway.clock, FileOffsetClock):
        routes.append(StarletteRoute("/v1/dev/clock", handlers.guarded(handlers.clock, Who.PUBLIC), methods=["POST"]))
    return routes


class _Direct:
    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway

    def guarded(self, handler: Handler, who: Who) -> Callable[[Request], Awaitable[Response]]:
        """``handler`` with what every route has: ids, caller, limits, refusals as problems."""

        async def endpoint(request: Request) -> Response:
            request_id, traceparent = request_ids(request)
            locale = locale_of(request)
            try:
                caller = self._gateway.caller_of(request, request_id, traceparent, locale)
                who.check(caller)
                await self._gateway.limits.check(caller.account_id or caller.remote_address or "")
                response = await handler(request, caller)
            except AppError as error:
                response = problem(error, locale, request_id)
            response.headers["X-Request-Id"] = request_id
            return response

        return endpoint

    async def keep(self, request: Request, caller: Caller) -> Response:
        """POST /uploads: one file in a multipart form, in the field ``file``."""
        if not request.headers.get("content-type", "").lower().startswith("multipart/form-data"):
            raise UnsupportedMediaType(accepted="multipart/form-data")
        limit = self._gateway.settings.max_upload_bytes
        name, content = await self._read_file(request, limit + _ENVELOPE_BYTES)
        if len(content) > limit:
            raise TooLarge(max_bytes=limit)
        upload = await asyncio.to_thread(
            self._gateway.uploads.keep,
            content,
            name=name,
            owner=caller.require_account(),
            at=self._gateway.clock.now(),
        )
        answer = {k: v for k, v in asdict(upload).items() if k != "owner"}
        return JSONResponse(answer, status_code=201)

    async def show(self, request: Request, caller: Caller) -> Response:
        """GET /uploads/{id}: for the owner, or whoever has to judge what it proves."""
        upload = await asyncio.to_thread(self._gateway.uploads.find, request.path_params["upload_id"])
        if upload.owner != caller.require_account():
            asked: Any = {"upload_id": upload.upload_id}
            answer = await self._gateway.rpc.call("attendance.may_see_upload", asked, caller, deadline=5)
            if not answer["allowed"]:
                raise NotFound(what="upload")
        content = await asyncio.to_thread(self._gateway.uploads.read, upload.upload_id)
        return Response(
            content,
            media_type=upload.content_type,
            headers={
                "Content-Disposition": f'attachment; filename="{upload.upload_id}.{upload.name.rpartition(".")[2]}"',
                "Content-Security-Policy": "sandbox",
            },
        )

    async def clock(self, request: Request, _caller: Caller) -> Response:
        """POST /dev/clock: move every process of a development platform forward."""
        route = Route("POST", "/dev/clock", "gateway.clock")
        given = AdvanceClock().parse(await read_payload(request, route, 1000))
        clock = self._gateway.clock
        assert isinstance(clock, FileOffsetClock)
        now = clock.advance(timedelta(minutes=given["advance_minutes"]))
        return JSONResponse({"now": now.astimezone(SHANGHAI).isoformat(timespec="seconds")})

    @staticmethod
    async def _read_file(request: Request, limit: int) -> tuple[str, bytes]:
        body = await read_body(request, limit)
        replayed = Request(request.scope, _receive(body))
        try:
            async with replayed.form(max_files=1, max_fields=5) as form:
                file = form.get("file")
                if file is None or isinstance(file, str):
                    raise Invalid(FieldError("file", "required", "请上传文件", "is required"))
                return file.filename or "file", await file.read()
        except AppError:
            raise
        except Exception as error:  # the parser's errors have no common base worth naming
            raise Invalid(FieldError("file", "unreadable", "表单无法解析", "the form cannot be read")) from error


def _receive(body: bytes) -> Callable[[], Awaitable[dict[str, Any]]]:
    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": body, "more_body": False}

    return receive
