"""Streams of events (text/event-stream) to pages that stay open, and how many of them there may be.

Why this module exists: an open stream costs a connection and a question a second for as long as somebody forgets a
browser tab. So they are counted, by account and in all, and each place is given back however its stream ends.
``sse-starlette`` writes the format, sends comments as heartbeats, notices who leaves, and ends streams when the gateway
is told to stop, so that no stream holds a restart up.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator, Callable
from typing import Any

import orjson
from marshmallow import fields
from sse_starlette import EventSourceResponse, ServerSentEvent
from starlette.types import Receive, Scope, Send

from gateway import metrics
from gateway.errors import StreamsFull, TooManyStreams
from services.chassis.errors import AppError
from services.chassis.schema import Answer

HEARTBEAT_SECONDS = 15
_RECONNECT_MILLISECONDS = 2000
# A client that reads nothing for so long is gone, though its connection may still stand.
_SEND_SECONDS = 20


class EndEvent(Answer):
    """``event: end``: why the stream is over. With ``not_authenticated`` a fresh token continues it."""

    code = fields.String()
    detail = fields.String()


def event(name: str, data: dict[str, Any], *, id: str | None = None) -> ServerSentEvent:
    """One event as it is written; whoever loses the connection comes back with the last ``id``."""
    return ServerSentEvent(orjson.dumps(data).decode(), event=name, id=id, retry=_RECONNECT_MILLISECONDS)


def end(refusal: AppError, locale: str) -> ServerSentEvent:
    """The last event: why there will be no more."""
    return event("end", {"code": refusal.code, "detail": refusal.detail(locale)})


class Streams:
    """The places for open streams."""

    def __init__(self, for_each: int, in_all: int) -> None:
        self._for_each = for_each
        self._in_all = in_all
        self._open: Counter[str] = Counter()

    def take(self, account_id: str) -> Callable[[], None]:
        """A place; what is answered gives it back, once. Raises ``TooManyStreams`` or ``StreamsFull``."""
        if self._open[account_id] >= self._for_each:
            raise TooManyStreams(limit=self._for_each)
        if self._open.total() >= self._in_all:
            raise StreamsFull()
        self._open[account_id] += 1
        metrics.OPEN_STREAMS.inc()
        given_back = False

        def give_back() -> None:
            nonlocal given_back
            if not given_back:
                given_back = True
                metrics.OPEN_STREAMS.dec()
                self._open[account_id] -= 1
                if not self._open[account_id]:
                    del self._open[account_id]

        return give_back

    @property
    def open(self) -> int:
        """How many there are."""
        return self._open.total()


class EventStream(EventSourceResponse):
    """A response that goes on until its events end, the client leaves, or the gateway stops."""

    def __init__(self, events: AsyncIterator[ServerSentEvent], give_back: Callable[[], None]) -> None:
        super().__init__(events, ping=HEARTBEAT_SECONDS, send_timeout=_SEND_SECONDS)
        self._give_back = give_back

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send it, and give its place back."""
        try:
            await super().__call__(scope, receive, send)
        finally:
            self._give_back()
