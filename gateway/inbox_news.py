"""Who waits for news of an in-app inbox in this gateway, and the one question that is asked for all of them.

Why this module exists: thousands of pages are open, and hardly any of them has news in a given second. So the gateway
asks notify once a second *whose* inbox has changed, while anybody waits at all, and wakes those who are meant. What is
new they ask for themselves, with their own rights (``inbox_stream.py``).
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Protocol

from services.chassis.context import Caller
from services.chassis.errors import AppError
from services.chassis.logs import get_logger

log = get_logger(__name__)

_TARGET = "notify.list_readers_of_news"
_DEADLINE = 5.0
_CALLER = Caller(kind="service", account_id="gateway")
# News of everybody (an outage has ended) come to notify as so many questions at a time.
_LOOKS_AT_ONCE = 32


class _Rpc(Protocol):
    async def call(self, target: str, payload: Any, caller: Caller, *, deadline: float) -> Any: ...


class InboxNews:
    """Wakes readers; asks while there are any."""

    def __init__(self, rpc: _Rpc, every_seconds: float) -> None:
        self._rpc = rpc
        self._every_seconds = every_seconds
        self._bells: defaultdict[str, set[asyncio.Event]] = defaultdict(set)
        self._asking: asyncio.Task[None] | None = None
        self.looking = asyncio.Semaphore(_LOOKS_AT_ONCE)

    @contextmanager
    def bell_for(self, *readers: str) -> Iterator[asyncio.Event]:
        """An event that is set when one of these accounts or volunteers has news, from now on."""
        bell = asyncio.Event()
        for reader in readers:
            self._bells[reader].add(bell)
        if self._asking is None or self._asking.done():
            self._asking = asyncio.get_running_loop().create_task(self._ask_on())
        try:
            yield bell
        finally:
            for reader in readers:
                self._bells[reader].discard(bell)
                if not self._bells[reader]:
                    del self._bells[reader]

    def stop(self) -> None:
        """Ask no more."""
        if self._asking is not None:
            self._asking.cancel()

    async def _ask_on(self) -> None:
        """The first answer names nobody, because nobody knows since when: everybody looks, and nothing is missed."""
        since: str | None = None
        while self._bells:
            try:
                answer = await self._rpc.call(_TARGET, {"since": since}, _CALLER, deadline=_DEADLINE)
            except AppError as error:  # the broker or notify is away: what is new is still new when it is back
                log.warning("inbox_news_not_asked", code=error.code)
            except Exception as error:  # whoever waits would never be woken again
                log.error("inbox_news_not_asked", exc_info=error)
            else:
                since = answer["cursor"]
                self._ring(answer["readers"])
            await asyncio.sleep(self._every_seconds)

    def _ring(self, readers: list[str] | None) -> None:
        for reader in self._bells.keys() if readers is None else self._bells.keys() & readers:
            for bell in self._bells[reader]:
                bell.set()
