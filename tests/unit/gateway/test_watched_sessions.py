"""A stream ends with the session of whoever reads it: one question for all open streams."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from gateway.watched_sessions import WatchedSessions
from services.chassis.context import Caller
from services.chassis.errors import NotAuthenticated, Unavailable
from services.identity.schemas.requests import MOST_SESSIONS


class Identity:
    """Which sessions are over; away the first ``away`` times."""

    def __init__(self, *ended: str, away: int = 0) -> None:
        self._ended, self._away = set(ended), away
        self.asked: list[list[str]] = []

    async def call(self, target: str, payload: dict[str, Any], caller: Caller, *, deadline: float) -> Any:
        caller.require_service("gateway")
        assert target == "identity.find_ended_sessions"
        self.asked.append(payload["session_ids"])
        if len(self.asked) <= self._away:
            raise Unavailable()
        return {"session_ids": [one for one in payload["session_ids"] if one in self._ended]}


@pytest.mark.parametrize("away", [0, 2])
def test_whoever_signed_out_is_woken_and_refused_and_nobody_else(away: int) -> None:
    async def story() -> None:
        watched, bell = WatchedSessions(Identity("over", away=away), 0), asyncio.Event()
        with watched.watch("over", bell) as over, watched.watch("goes on", asyncio.Event()) as goes_on:
            over.require_open()
            await bell.wait()
            with pytest.raises(NotAuthenticated):
                over.require_open()
            goes_on.require_open()
        await watched._asking  # type: ignore[misc]  # it ends by itself when no stream is open any more

    asyncio.run(asyncio.wait_for(story(), 5))


def test_many_sessions_are_asked_about_in_parts_and_none_without_a_stream() -> None:
    identity = Identity("last")

    async def story() -> None:
        watched, bell = WatchedSessions(identity, 0), asyncio.Event()
        with watched.watch(None, asyncio.Event()):
            assert watched._asking is None
        many = [watched.watch(str(n), asyncio.Event()) for n in range(MOST_SESSIONS)]
        for one in many:
            one.__enter__()
        with watched.watch("last", bell):
            await bell.wait()
        for one in many:
            one.__exit__(None, None, None)

    asyncio.run(asyncio.wait_for(story(), 5))
    assert [len(ids) for ids in identity.asked[:2]] == [MOST_SESSIONS, 1]
