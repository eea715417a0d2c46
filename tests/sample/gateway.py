"""The gateway in front of the sample service: the same process, with the sample's routes instead of the contract's."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator

from sse_starlette import ServerSentEvent
from starlette.requests import Request
from starlette.responses import Response

from gateway import __main__ as gateway_process
from gateway.app import Gateway
from gateway.routing import Route, Who
from gateway.streams import EventStream
from services.chassis.context import Caller
from tests.sample import service


async def tick(_request: Request, caller: Caller, gateway: Gateway) -> Response:
    """A stream that never ends by itself."""

    async def ticks() -> AsyncIterator[ServerSentEvent]:
        while True:
            yield ServerSentEvent("tick")
            await asyncio.sleep(0.05)

    return EventStream(ticks(), gateway.streams.take(caller.account_id or "anybody"))


ROUTES = [
    Route("GET", "/ticks", tick, who=Who.PUBLIC, zh="滴答", en="Ticks"),
    Route(
        "POST", "/notes", "sample.write_note",
        request=service.WriteNote, answer=service.NoteAnswer, who=Who.PUBLIC, status=201, zh="写", en="Write",
    ),
    Route(
        "GET", "/notes/{note_id}", "sample.get_note",
        request=service.NoteId, answer=service.NoteAnswer, who=Who.PUBLIC, zh="读", en="Read",
    ),
    Route(
        "GET", "/wait", "sample.wait",
        request=service.Wait, who=Who.PUBLIC, status=204, deadline=1.0, zh="等", en="Wait",
    ),
    Route(
        "GET", "/patience", "sample.wait",
        request=service.Wait, who=Who.PUBLIC, status=204, deadline=15.0, zh="久等", en="Wait long",
    ),
    Route("GET", "/nowhere", "nowhere.anything", who=Who.PUBLIC, zh="无", en="A service that was never there"),
    Route("GET", "/nothing", "sample.no_such_method", who=Who.PUBLIC, zh="无", en="An RPC that is not there"),
]  # fmt: skip

if __name__ == "__main__":
    sys.exit(gateway_process.main(ROUTES))
