"""The screen at the door: codes and news as they come, through outages, until the token or the right is gone."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from gateway.errors import StreamsFull, TooManyStreams
from gateway.streams import Streams
from services.chassis.clock import FixedClock
from services.chassis.context import Caller
from services.chassis.errors import AppError, DeadlineExceeded, Forbidden, Unavailable
from services.chassis.ids import new_id
from tests.unit.gateway.conftest import Site, bearer

ORGANIZER = bearer("administrator", roles=[["org", "organizer"]])
SIGNED_IN = {"record_id": new_id(), "version": 1, "name": "张*丰", "status": "open"}
SIGNED_OUT = {**SIGNED_IN, "version": 2, "status": "recorded"}


def look(token: str = "code-1.a.b", *items: dict[str, Any], cursor: str = "1-1", more: bool = False) -> dict[str, Any]:
    """What attendance answers to one look."""
    code = {"token": token, "kind": "sign_in", "valid_until": "2026-03-07T09:00:30+08:00"}
    return {"code": code, "items": list(items), "cursor": cursor, "more": more, "signed_in": len(items) or None}


class Script:
    """Attendance's answers, one after the other; when they are over, the caller may not look any more."""

    def __init__(self, *answers: dict[str, Any] | AppError | Callable[[], dict[str, Any]]) -> None:
        self._answers = iter(answers)
        self.asked: list[dict[str, Any]] = []

    async def call(self, _target: str, payload: dict[str, Any], _caller: Caller, *, deadline: float) -> dict[str, Any]:
        self.asked.append(payload)
        answer = next(self._answers, Forbidden())
        if isinstance(answer, AppError):
            raise answer
        return answer() if callable(answer) else answer


def watch(gateway: Site, script: Script, headers: dict[str, str] = ORGANIZER, **more: str) -> Any:
    """Look at the stream until it ends."""
    gateway.gateway.rpc.call = script.call  # type: ignore[method-assign]
    path = f"/v1/activities/{new_id()}/shifts/{new_id()}/attendance-stream?kind=sign_in"
    return gateway.http.get(path, headers={**headers, **more})


def events(answer: Any) -> list[tuple[str, Any]]:
    """The names and data of the events that came."""
    found = []
    for block in answer.text.split("\r\n\r\n"):
        fields = dict(line.split(": ", 1) for line in block.split("\r\n") if ": " in line and not line.startswith(":"))
        if "event" in fields:
            found.append((fields["event"], json.loads(fields["data"])))
    return found


@pytest.fixture
def gateway(site: Any) -> Site:
    """A gateway whose streams ask again at once."""
    made: Site = site(ZHIYUAN_STREAM_POLL_SECONDS="0")
    return made


def test_it_shows_each_code_once_and_who_comes_and_goes(gateway: Site) -> None:
    script = Script(look(), look("code-1.a.b", SIGNED_IN, cursor="2-2"), look("code-1.c.d", SIGNED_OUT, cursor="3-3"))
    answer = watch(gateway, script)

    assert answer.headers["content-type"].startswith("text/event-stream")
    assert answer.headers["x-accel-buffering"] == "no"
    assert [name for name, _ in events(answer)] == ["code", "attendance", "code", "attendance", "end"]
    code, came, _, went, _ = (data for _, data in events(answer))
    assert (code["token"], code["svg"][:5]) == ("code-1.a.b", "<?xml")
    assert (came["items"], went["items"]) == ([SIGNED_IN], [SIGNED_OUT])
    assert "id: 2-2" in answer.text
    assert [asked.get("since") for asked in script.asked] == [None, "1-1", "2-2", "3-3"]


def test_what_comes_twice_in_a_row_is_told_once(gateway: Site) -> None:
    answer = watch(gateway, Script(look("code-1.a.b", SIGNED_IN), look("code-1.a.b", SIGNED_IN)))

    assert [name for name, _ in events(answer)] == ["code", "attendance", "end"]


@pytest.mark.parametrize("away", [Unavailable(), DeadlineExceeded()])
def test_while_the_broker_or_the_service_is_away_it_waits(gateway: Site, away: AppError) -> None:
    script = Script(look(), away, away, look("code-1.c.d"))
    answer = watch(gateway, script)

    assert [name for name, _ in events(answer)] == ["code", "code", "end"]
    assert [asked.get("since") for asked in script.asked] == [None, *["1-1"] * 4]


def test_it_ends_when_the_right_is_gone_and_says_so(gateway: Site) -> None:
    name, data = events(watch(gateway, Script(look()), **{"Accept-Language": "en"}))[-1]

    assert (name, data["code"]) == ("end", "forbidden")


def test_it_ends_when_the_token_does(gateway: Site) -> None:
    clock = FixedClock(gateway.gateway.clock.now())
    gateway.gateway.clock = clock

    def a_quarter_of_an_hour_later() -> dict[str, Any]:
        clock.advance(minutes=timedelta(minutes=16).total_seconds() / 60)
        return look()

    script = Script(look(), a_quarter_of_an_hour_later, look())
    assert events(watch(gateway, script))[-1][1]["code"] == "not_authenticated"
    assert len(script.asked) == 2


def test_it_is_continued_where_it_was(gateway: Site) -> None:
    script = Script(look())
    watch(gateway, script, **{"Last-Event-ID": "7-9"})

    assert script.asked[0]["since"] == "7-9"


@pytest.mark.parametrize("refusal", [Forbidden(), Unavailable()])
def test_what_is_refused_at_the_beginning_is_a_problem_and_takes_no_place(gateway: Site, refusal: AppError) -> None:
    answer = watch(gateway, Script(refusal))

    assert (answer.status_code, answer.json()["code"]) == (refusal.status, refusal.code)
    assert gateway.gateway.streams.open == 0


def test_a_stream_that_ended_gives_its_place_back(site: Any) -> None:
    gateway: Site = site(ZHIYUAN_STREAM_POLL_SECONDS="0", ZHIYUAN_STREAMS_PER_ACCOUNT="1")
    for _ in range(3):
        assert watch(gateway, Script(look())).status_code == 200
    assert gateway.gateway.streams.open == 0


def test_whoever_has_too_many_open_is_told_so(site: Any) -> None:
    gateway: Site = site(ZHIYUAN_STREAMS_PER_ACCOUNT="1")
    caller = bearer("administrator", roles=[["org", "organizer"]], sub=(account_id := new_id()))
    gateway.gateway.streams.take(account_id)

    answer = watch(gateway, Script(look()), caller)
    assert (answer.status_code, answer.json()["code"]) == (429, "too_many_streams")


class TestPlaces:
    def test_each_account_has_some_and_all_together_have_no_more_than_there_are(self) -> None:
        streams = Streams(for_each=2, in_all=3)
        first = streams.take("one")
        streams.take("one")
        with pytest.raises(TooManyStreams):
            streams.take("one")
        streams.take("other")
        with pytest.raises(StreamsFull):
            streams.take("third")

        first()
        first()  # a place is given back once
        assert streams.open == 2
        streams.take("third")


def test_it_ends_when_its_reader_has_signed_out(site: Any) -> None:
    gateway: Site = site(ZHIYUAN_STREAM_POLL_SECONDS="0", ZHIYUAN_SESSION_CHECK_SECONDS="0")

    async def call(target: str, payload: dict[str, Any], _caller: Caller, *, deadline: float) -> Any:
        if target == "identity.find_ended_sessions":
            return {"session_ids": payload["session_ids"]}
        return look()

    gateway.gateway.rpc.call = call  # type: ignore[method-assign]
    path = f"/v1/activities/{new_id()}/shifts/{new_id()}/attendance-stream?kind=sign_in"
    assert events(gateway.http.get(path, headers=ORGANIZER))[-1][1]["code"] == "not_authenticated"
    assert gateway.gateway.streams.open == 0
