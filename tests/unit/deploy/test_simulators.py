"""The simulated providers push receipts until they are taken, and show what they were given."""

from __future__ import annotations

import asyncio
import time

import httpx

from deploy.simulators.app import simulators
from deploy.simulators.moods import Mood, mood_of, phone_with
from deploy.simulators.pushing import push_one
from deploy.simulators.world import World


def push(world: World, answer: str) -> None:
    """Push what is due once, to a platform that answers so."""

    async def run() -> None:
        transport = httpx.MockTransport(lambda _request: httpx.Response(200, text=answer))
        async with httpx.AsyncClient(transport=transport, base_url="http://platform.invalid") as platform:
            for due in world.take_due(time.time() + 3600):
                await push_one(world, platform, due)

    asyncio.run(run())


def test_a_receipt_that_is_not_taken_comes_three_times_in_all() -> None:
    world = World()
    world.push_later(Mood.FINE, "/v1/callbacks/sms/tencent", b"[]", "application/json", '"result":0')
    for left in (1, 1, 0):
        push(world, '{"type": "problem"}')
        assert len(world.pushes) == left
    world.push_later(Mood.FINE, "/v1/callbacks/sms/tencent", b"[]", "application/json", '"result":0')
    push(world, '{"result":0,"errmsg":"OK"}')
    assert world.pushes == []


def test_a_receipt_comes_when_its_mood_says() -> None:
    world = World()
    for mood in (Mood.SILENT, Mood.LATE, Mood.TWICE):
        world.push_later(mood, f"/{mood}", b"", "", "")
    assert [due.path for due in world.take_due(time.time() + 10)] == ["/twice", "/twice"]
    assert [due.path for due in world.take_due(time.time() + 120)] == ["/late"]


def test_every_mood_has_a_number_a_mailbox_and_an_openid() -> None:
    for mood in Mood:
        assert mood_of(phone_with(mood)) is mood_of(f"{mood}@example.org") is mood_of(f"{mood}-1") is mood
    assert mood_of("kapok@example.org") is Mood.FINE


def test_the_page_shows_what_was_given_and_nothing_of_it_is_markup() -> None:
    world = World()
    world.keep("tencent", "13800000001", "enrollment_accepted", "您已被录用：<b>清洁日</b>", "1")
    world.keep("wechat", "o1", "enrollment_accepted", "您已被录用", "2")

    async def get(path: str) -> httpx.Response:
        transport = httpx.ASGITransport(simulators(world))
        async with httpx.AsyncClient(transport=transport, base_url="http://simulators.invalid") as client:
            return await client.get(path)

    page = asyncio.run(get("/")).text
    assert "您已被录用：&lt;b&gt;清洁日" in page
    assert phone_with(Mood.BLACKLISTED) in page
    found = asyncio.run(get("/messages?recipient=o1")).json()["items"]
    assert [(message["provider"], message["serial"]) for message in found] == [("wechat", "2")]
