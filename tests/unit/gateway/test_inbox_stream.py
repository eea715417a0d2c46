"""The in-app inbox as a stream: woken when there is news, once for everybody, until the token is over."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from gateway.inbox_news import InboxNews
from services.chassis.clock import FixedClock
from services.chassis.context import Caller
from services.chassis.errors import AppError, DeadlineExceeded, Forbidden, Unavailable
from services.chassis.ids import new_id
from tests.unit.gateway.conftest import Site, bearer
from tests.unit.gateway.test_attendance_stream import events

ACCOUNT = new_id()
READER = bearer("administrator", sub=ACCOUNT)
MESSAGE = {"notification_id": new_id(), "text": "您已被录用", "read_at": None}


def look(*items: dict[str, Any], cursor: str, unread: int = 0) -> dict[str, Any]:
    """What notify answers to one look."""
    return {"items": list(items), "more": False, "unread": unread, "cursor": cursor}


class Notify:
    """Notify's answers to a reader's looks; each question of the gateway says that this reader has news."""

    def __init__(self, *looks: dict[str, Any] | AppError | Callable[[], dict[str, Any]]) -> None:
        self._looks = iter(looks)
        self.asked: list[str | None] = []

    async def call(self, target: str, payload: dict[str, Any], caller: Caller, *, deadline: float) -> Any:
        if target == "notify.list_readers_of_news":
            assert (caller.kind, caller.account_id) == ("service", "gateway")
            return {"readers": [ACCOUNT], "cursor": "9:9:"}
        assert caller.account_id == ACCOUNT
        self.asked.append(payload["since"])
        answer = next(self._looks, Forbidden())
        if isinstance(answer, AppError):
            raise answer
        return answer() if callable(answer) else answer


def watch(gateway: Site, notify: Notify, **more: str) -> Any:
    """Look at the stream until it ends."""
    gateway.gateway.rpc.call = notify.call  # type: ignore[method-assign]
    return gateway.http.get("/v1/me/notifications/stream", headers={**READER, **more})


@pytest.fixture
def gateway(site: Any) -> Site:
    """A gateway that asks again at once."""
    made: Site = site(ZHIYUAN_STREAM_POLL_SECONDS="0")
    return made


def test_it_begins_with_the_number_of_unread_and_shows_each_message_when_it_comes(gateway: Site) -> None:
    notify = Notify(
        look(cursor="1:1:"), look(cursor="2:2:"), look(MESSAGE, cursor="3:3:", unread=1), look(cursor="4:4:", unread=1)
    )
    answer = watch(gateway, notify)

    assert answer.headers["content-type"].startswith("text/event-stream")
    (first, begun), (second, came), (last, over) = events(answer)
    assert (first, begun) == ("inbox", {"items": [], "more": False, "unread": 0})
    assert (second, came) == ("inbox", {"items": [MESSAGE], "more": False, "unread": 1})
    assert (last, over["code"]) == ("end", "forbidden")
    assert "id: 3:3:" in answer.text
    assert notify.asked == [None, "1:1:", "2:2:", "3:3:", "4:4:"]
    assert gateway.gateway.inbox_streams.open == 0


def test_it_is_continued_where_it_was(gateway: Site) -> None:
    notify = Notify()
    watch(gateway, notify, **{"Last-Event-ID": "5:7:6"})

    assert notify.asked == ["5:7:6"]


@pytest.mark.parametrize("away", [Unavailable(), DeadlineExceeded()])
def test_while_the_broker_or_notify_is_away_it_waits_and_asks_for_the_same(gateway: Site, away: AppError) -> None:
    notify = Notify(look(cursor="1:1:"), away, away, look(MESSAGE, cursor="2:2:", unread=1))

    assert [name for name, _ in events(watch(gateway, notify))] == ["inbox", "inbox", "end"]
    assert notify.asked == [None, "1:1:", "1:1:", "1:1:", "2:2:"]


def test_it_ends_when_the_token_does(gateway: Site) -> None:
    clock = FixedClock(gateway.gateway.clock.now())
    gateway.gateway.clock = clock

    def a_quarter_of_an_hour_later() -> dict[str, Any]:
        clock.advance(minutes=16)
        return look(cursor="1:1:")

    assert events(watch(gateway, Notify(a_quarter_of_an_hour_later)))[-1][1]["code"] == "not_authenticated"


def test_it_ends_when_its_reader_has_signed_out(site: Any) -> None:
    gateway: Site = site(ZHIYUAN_STREAM_POLL_SECONDS="60", ZHIYUAN_SESSION_CHECK_SECONDS="0")
    session_id = new_id()

    async def call(target: str, payload: dict[str, Any], caller: Caller, *, deadline: float) -> Any:
        if target == "identity.find_ended_sessions":
            return {"session_ids": payload["session_ids"]}
        return look(cursor="1:1:") if target == "notify.watch_inbox" else {"readers": [], "cursor": "9:9:"}

    gateway.gateway.rpc.call = call  # type: ignore[method-assign]
    reader = bearer("administrator", sub=ACCOUNT, sid=session_id)
    answer = gateway.http.get("/v1/me/notifications/stream", headers=reader)
    assert events(answer)[-1][1]["code"] == "not_authenticated"
    assert gateway.gateway.inbox_streams.open == 0


def test_what_is_no_cursor_is_refused_and_takes_no_place(gateway: Site) -> None:
    answer = watch(gateway, Notify(), **{"Last-Event-ID": "9:5:"})

    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_fields")
    assert gateway.gateway.inbox_streams.open == 0


class TestBells:
    """One question for everybody, and only while anybody waits."""

    def test_only_those_with_news_are_woken_and_all_of_them_by_an_answer_that_names_nobody(self) -> None:
        answers: asyncio.Queue[list[str] | None] = asyncio.Queue()
        asked: list[str | None] = []

        class Rpc:
            async def call(self, _target: str, payload: dict[str, Any], _caller: Caller, *, deadline: float) -> Any:
                asked.append(payload["since"])
                return {"readers": await answers.get(), "cursor": f"{len(asked)}:{len(asked)}:"}

        async def story() -> None:
            news = InboxNews(Rpc(), 0)
            with news.bell_for("a", "volunteer-a") as one, news.bell_for("a") as same, news.bell_for("b") as other:
                answers.put_nowait(None)
                await asyncio.gather(one.wait(), same.wait(), other.wait())
                for bell in (one, same, other):
                    bell.clear()
                answers.put_nowait(["a", "nobody here"])
                await asyncio.gather(one.wait(), same.wait())
                assert not other.is_set()
                answers.put_nowait(["volunteer-a"])
                one.clear()
                await one.wait()
            await news._asking  # type: ignore[misc]  # it ends by itself when nobody waits any more

        asyncio.run(asyncio.wait_for(story(), 5))
        assert asked == [None, "1:1:", "2:2:"]
