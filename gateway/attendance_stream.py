"""The screen at the door as a stream: each step's code, and who has come and gone (docs/adr/0026-codes-and-scans.md).

Each stream asks attendance every second what is new. While the broker or the service is away it waits and asks on; the
code on the screen lapses by itself. It ends when the token does, or its session, or when the caller may not see it any
more.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

from sse_starlette import ServerSentEvent
from starlette.requests import Request
from starlette.responses import Response

from gateway import qr
from gateway.errors import StreamsFull, TooManyStreams
from gateway.payloads import read_payload
from gateway.routing import Route, Who
from gateway.streams import EndEvent, EventStream, end, event
from gateway.watched_sessions import WatchedSession
from services.attendance import errors
from services.attendance.schemas import watching
from services.chassis.context import Caller
from services.chassis.errors import AppError, DeadlineExceeded, NotAuthenticated, Unavailable

if TYPE_CHECKING:
    from gateway.app import Gateway

_TARGET = "attendance.watch_attendance"
_DEADLINE = 5.0


async def stream_attendance(request: Request, caller: Caller, gateway: Gateway) -> Response:
    """The stream; what is refused at the beginning is a problem as anywhere else."""
    payload = await read_payload(request, _ROUTE, gateway.settings.max_json_bytes)
    resumed_at = request.headers.get("last-event-id")
    if resumed_at:
        payload["since"] = resumed_at
    watching.WatchAttendance().parse(payload)
    expires_at = gateway.tokens.identify(request.headers["authorization"]).expires_at
    with ExitStack() as held:
        held.callback(gateway.streams.take(caller.require_account()))
        session = held.enter_context(gateway.watched_sessions.watch(caller.session_id, asyncio.Event()))
        first = await gateway.rpc.call(_TARGET, payload, caller, deadline=_DEADLINE)
        events = _events(gateway, caller, payload, first, expires_at, session)
        return EventStream(events, held.pop_all().close)


async def _events(
    gateway: Gateway,
    caller: Caller,
    payload: dict[str, Any],
    seen: dict[str, Any],
    expires_at: float,
    session: WatchedSession,
) -> AsyncIterator[ServerSentEvent]:
    shown, sent = "", frozenset[tuple[str, int]]()
    try:
        while True:
            if seen["code"]["token"] != shown:
                shown = seen["code"]["token"]
                yield await _code(seen["code"])
            news = [item for item in seen["items"] if (item["record_id"], item["version"]) not in sent]
            if news:
                yield event("attendance", {"items": news, "signed_in": seen["signed_in"]}, id=seen["cursor"])
            sent = frozenset((item["record_id"], item["version"]) for item in seen["items"])
            seen = await _look_again(gateway, caller, {**payload, "since": seen["cursor"]}, seen["more"], expires_at)
            session.require_open()
    except AppError as refusal:
        yield end(refusal, caller.locale)


async def _look_again(
    gateway: Gateway, caller: Caller, payload: dict[str, Any], at_once: bool, expires_at: float
) -> dict[str, Any]:
    """The next answer. Whoever is away now is asked again; raises ``NotAuthenticated`` when the token is over."""
    while True:
        if not at_once:
            await asyncio.sleep(gateway.settings.stream_poll_seconds)
        if gateway.clock.now().timestamp() >= expires_at:
            raise NotAuthenticated()
        try:
            answer: dict[str, Any] = await gateway.rpc.call(_TARGET, payload, caller, deadline=_DEADLINE)
            return answer
        except (Unavailable, DeadlineExceeded):
            at_once = False


async def _code(code: dict[str, Any]) -> ServerSentEvent:
    drawn = await asyncio.to_thread(qr.svg, code["token"])
    return event("code", {**code, "svg": drawn.decode()})


_ROUTE = Route(
    "GET", "/activities/{activity_id}/shifts/{shift_id}/attendance-stream", stream_attendance,
    request=watching.WatchAttendance, who=Who.ADMINISTRATOR, tags=("attendance",),
    events=(watching.CodeEvent, watching.AttendanceEvent, EndEvent),
    errors=(errors.ActivityRevoked, TooManyStreams, StreamsFull),
    zh="签到实时画面：二维码与到场名单", en="The screen at the door as a stream of events: codes, and who has come",
)  # fmt: skip

ROUTES = [_ROUTE]
