"""The RPC client's bookkeeping, with a channel that only remembers."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import orjson
import pytest

from gateway.rpc import RpcClient
from services.chassis.context import CONTEXT_HEADER, Caller, ContextKeys
from services.chassis.errors import DeadlineExceeded, Invalid, NotFound, Unavailable, to_wire
from services.chassis.testing.units import test_key as key_text

KEYS = ContextKeys.parse(key_text("c"))
Answer = Callable[[RpcClient, Any], None]


class Channel:
    """Answers each request with ``answer(client, properties)``, once the publisher is back in its loop."""

    def __init__(self, client: RpcClient, answer: Answer) -> None:
        self._client = client
        self._answer = answer
        self.published: list[tuple[str, Any, Any]] = []

    def basic_publish(self, exchange: str, target: str, body: bytes, properties: Any, *, mandatory: bool) -> None:
        """Remember, and answer soon."""
        assert mandatory
        self.published.append((target, orjson.loads(body), properties))
        asyncio.get_running_loop().call_soon(self._answer, self._client, properties)


def silence(_client: RpcClient, _properties: Any) -> None:
    """No answer comes."""


def reply(**answer: Any) -> Answer:
    body = orjson.dumps({"result": None, "error": None, **answer})
    return lambda client, properties: client._on_reply(None, None, properties, body)


def asking(answer: Answer, deadline: float = 5) -> tuple[RpcClient, Channel, Callable[[], Awaitable[Any]]]:
    client = RpcClient("amqp://nowhere.invalid", KEYS)
    channel = Channel(client, answer)
    client._channel, client._usable = channel, True
    return client, channel, lambda: client.call("sample.get", {"a": 1}, Caller(request_id="r"), deadline=deadline)


async def _ended(client: RpcClient, call: Callable[[], Awaitable[Any]]) -> Any:
    try:
        return await call()
    finally:
        await asyncio.sleep(0)
        assert client.pending == 0, "an entry was left behind"


def test_a_request_carries_its_caller_and_its_deadline() -> None:
    client, channel, call = asking(reply(result={"b": 2}))
    assert asyncio.run(_ended(client, call)) == {"b": 2}
    ((target, body, properties),) = channel.published
    assert (target, body) == ("sample.get", {"args": [{"a": 1}], "kwargs": {}})
    assert KEYS.open(properties.headers[CONTEXT_HEADER]).request_id == "r"
    assert (properties.expiration, properties.delivery_mode) == ("5000", 1)


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (reply(error=to_wire(NotFound(what="note"))), NotFound),
        (silence, DeadlineExceeded),
        (lambda client, properties: client._on_return(None, None, properties, b""), Unavailable),
        (lambda client, _: client._on_channel_closed("closed by the broker"), Unavailable),
    ],
    ids=["refused", "silent", "no queue", "channel closed"],
)
def test_every_way_a_request_can_fail_has_its_error(answer: Answer, expected: type[Exception]) -> None:
    client, _, call = asking(answer, deadline=0.05)
    with pytest.raises(expected):
        asyncio.run(_ended(client, call))


def test_field_errors_come_back_as_they_were() -> None:
    wire = {
        **to_wire(NotFound()),
        "code": "invalid_fields",
        "errors": [{"field": "a", "code": "c", "zh": "z", "en": "e"}],
    }
    client, _, call = asking(reply(error=wire))
    with pytest.raises(Invalid) as refused:
        asyncio.run(_ended(client, call))
    assert refused.value.errors[0].field == "a"


def test_while_the_broker_is_away_nothing_is_sent() -> None:
    client, channel, call = asking(silence)
    client._usable = False
    with pytest.raises(Unavailable):
        asyncio.run(_ended(client, call))
    assert channel.published == []


def test_an_answer_that_comes_after_its_deadline_is_dropped() -> None:
    client, channel, call = asking(silence, deadline=0.01)
    with pytest.raises(DeadlineExceeded):
        asyncio.run(_ended(client, call))
    reply(result=1)(client, channel.published[0][2])
