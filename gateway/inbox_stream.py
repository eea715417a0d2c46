"""The in-app inbox as a stream: a message appears on every device a moment after it was written.

Each look asks notify what is new since the one before; the id of an event says how far that was, on any gateway, so
that whoever comes back with ``Last-Event-ID`` misses nothing and sees nothing twice (docs/adr/0043). Between looks a
stream costs nothing: it waits to be woken (``inbox_news.py``). It ends when its token does, or its session.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import ExitStack
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sse_starlette import ServerSentEvent
from starlette.requests import Request
from starlette.responses import Response

from gateway.errors import StreamsFull, TooManyStreams
from gateway.payloads import read_payload
from gateway.routing import Route, Who
from gateway.streams import EndEvent, EventStream, end, event
from gateway.watched_sessions import WatchedSession
from services.chassis.clock import Clock
from services.chassis.context import Caller
from services.chassis.errors import AppError, DeadlineExceeded, NotAuthenticated, Unavailable
from services.notify.schemas import inbox

if TYPE_CHECKING:
    from gateway.app import Gateway

_TARGET = "notify.watch_inbox"
_DEADLINE = 5.0
# The clock is looked at so often: nobody wakes a stream because its token is over.
_LONGEST_WAIT = 15.0


async def stream_inbox(request: Request, caller: Caller, gateway: Gateway) -> Response:
    """The stream; what is refused at the beginning is a problem as anywhere else."""
    payload = await read_payload(request, _ROUTE, gateway.settings.max_json_bytes)
    resumed_at = request.headers.get("last-event-id")
    if resumed_at:
        payload["since"] = resumed_at
    inbox.WatchInbox().parse(payload)
    expires_at = gateway.tokens.identify(request.headers["authorization"]).expires_at
    readers = [reader for reader in (caller.account_id, caller.volunteer_id) if reader is not None]
    with ExitStack() as held:
        held.callback(gateway.inbox_streams.take(caller.require_account()))
        # the bell hangs before the first look: what comes between the two rings it
        bell = held.enter_context(gateway.inbox_news.bell_for(*readers))
        session = held.enter_context(gateway.watched_sessions.watch(caller.session_id, bell))
        first = await _look(gateway, caller, payload.get("since"))
        lasting = _Lasting(gateway.clock, expires_at, session)
        return EventStream(_events(gateway, caller, bell, first, lasting), held.pop_all().close)


@dataclass(frozen=True)
class _Lasting:
    """How long a stream goes on: until its token is over, or its session."""

    clock: Clock
    expires_at: float
    session: WatchedSession

    def left(self) -> float:
        """Seconds of the token; raises ``NotAuthenticated`` if there are none, or if the session is over."""
        self.session.require_open()
        left = self.expires_at - self.clock.now().timestamp()
        if left <= 0:
            raise NotAuthenticated()
        return left


async def _events(
    gateway: Gateway, caller: Caller, bell: asyncio.Event, seen: dict[str, Any], lasting: _Lasting
) -> AsyncIterator[ServerSentEvent]:
    unread = None
    try:
        while True:
            if seen["items"] or seen["unread"] != unread:
                yield event("inbox", {name: seen[name] for name in ("items", "more", "unread")}, id=seen["cursor"])
            unread = seen["unread"]
            await _woken(bell, lasting)
            seen = await _look_again(gateway, caller, seen["cursor"])
    except AppError as refusal:
        yield end(refusal, caller.locale)


async def _look(gateway: Gateway, caller: Caller, since: str | None) -> dict[str, Any]:
    async with gateway.inbox_news.looking:
        answer: dict[str, Any] = await gateway.rpc.call(_TARGET, {"since": since}, caller, deadline=_DEADLINE)
        return answer


async def _look_again(gateway: Gateway, caller: Caller, since: str) -> dict[str, Any]:
    """What is new; while the broker or notify is away it is asked for again."""
    while True:
        try:
            return await _look(gateway, caller, since)
        except (Unavailable, DeadlineExceeded):
            await asyncio.sleep(gateway.settings.stream_poll_seconds)


async def _woken(bell: asyncio.Event, lasting: _Lasting) -> None:
    """Until there is news; raises ``NotAuthenticated`` when token or session are over."""
    while True:
        try:
            async with asyncio.timeout(min(lasting.left(), _LONGEST_WAIT)):
                await bell.wait()
        except TimeoutError:
            continue
        bell.clear()
        lasting.session.require_open()
        return


_ROUTE = Route(
    "GET", "/me/notifications/stream", stream_inbox,
    request=inbox.WatchInbox, who=Who.SIGNED_IN, tags=("notifications",), events=(inbox.InboxEvent, EndEvent),
    errors=(TooManyStreams, StreamsFull),
    zh="我的消息实时流", en="One's own notifications as a stream of events, a moment after they were written",
)  # fmt: skip

ROUTES = [_ROUTE]
