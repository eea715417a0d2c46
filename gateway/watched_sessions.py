"""Which of the sessions behind open streams are over: one question for all of them.

Why this module exists: an access token is good for a quarter of an hour, and a stream looks at it once. Whoever signs
out, here or from another device, or whose sessions end because a password was reset, must not go on reading. So while
streams are open, the gateway asks identity every few seconds which of their sessions have ended (docs/adr/0043).
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Protocol

from services.chassis.context import Caller
from services.chassis.errors import AppError, NotAuthenticated
from services.chassis.logs import get_logger
from services.identity.schemas.requests import MOST_SESSIONS

log = get_logger(__name__)

_TARGET = "identity.find_ended_sessions"
_DEADLINE = 5.0
_CALLER = Caller(kind="service", account_id="gateway")


class _Rpc(Protocol):
    async def call(self, target: str, payload: Any, caller: Caller, *, deadline: float) -> Any: ...


class WatchedSession:
    """The session behind one stream; ``bell`` wakes the stream when it is over."""

    def __init__(self, bell: asyncio.Event) -> None:
        self._bell = bell
        self._over = False

    def require_open(self) -> None:
        """Raises ``NotAuthenticated`` once it is over."""
        if self._over:
            raise NotAuthenticated()

    def end(self) -> None:
        """It is over."""
        self._over = True
        self._bell.set()


class WatchedSessions:
    """Those of all open streams; while identity is away they go on."""

    def __init__(self, rpc: _Rpc, every_seconds: float) -> None:
        self._rpc = rpc
        self._every_seconds = every_seconds
        self._watched: defaultdict[str, set[WatchedSession]] = defaultdict(set)
        self._asking: asyncio.Task[None] | None = None

    @contextmanager
    def watch(self, session_id: str | None, bell: asyncio.Event) -> Iterator[WatchedSession]:
        """The session of this id, looked at from now on; a token without one ends by itself."""
        session = WatchedSession(bell)
        if session_id is None:
            yield session
            return
        self._watched[session_id].add(session)
        if self._asking is None or self._asking.done():
            self._asking = asyncio.get_running_loop().create_task(self._ask_on())
        try:
            yield session
        finally:
            self._watched[session_id].discard(session)
            if not self._watched[session_id]:
                del self._watched[session_id]

    def stop(self) -> None:
        """Ask no more."""
        if self._asking is not None:
            self._asking.cancel()

    async def _ask_on(self) -> None:
        while self._watched:
            await asyncio.sleep(self._every_seconds)
            ids = list(self._watched)
            for start in range(0, len(ids), MOST_SESSIONS):
                await self._ask(ids[start : start + MOST_SESSIONS])

    async def _ask(self, session_ids: list[str]) -> None:
        try:
            answer = await self._rpc.call(_TARGET, {"session_ids": session_ids}, _CALLER, deadline=_DEADLINE)
        except AppError as error:  # the broker or identity is away: what has ended is still over when it is back
            log.warning("sessions_not_asked", code=error.code)
        except Exception as error:  # nobody would be asked about any more
            log.error("sessions_not_asked", exc_info=error)
        else:
            for session_id in answer["session_ids"]:
                for session in self._watched.get(session_id, ()):
                    session.end()
