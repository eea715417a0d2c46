"""A plain RPC caller on pika, as a stranger to Nameko would write it."""

from __future__ import annotations

import uuid
from typing import Any

import orjson
import pika

from services.chassis.context import CONTEXT_HEADER, Caller, ContextKeys
from services.chassis.errors import from_wire


class NoAnswer(AssertionError):
    """Nothing came back within the time a test gives."""


class RpcCaller:
    """Calls services over the broker; for tests only."""

    def __init__(self, amqp_url: str, context_keys: ContextKeys) -> None:
        self._keys = context_keys
        self._connection = pika.BlockingConnection(pika.URLParameters(amqp_url))
        self.channel = self._connection.channel()
        self._queue = self.channel.queue_declare("", exclusive=True).method.queue
        self.channel.exchange_declare("nameko-rpc", exchange_type="topic", durable=True)
        self.channel.queue_bind(self._queue, "nameko-rpc", self._queue)

    def __call__(
        self,
        target: str,
        request: dict[str, Any] | None = None,
        *,
        caller: Caller | None = None,
        seconds: float = 10,
    ) -> Any:
        """The answer of ``service.method``; raises the refusal it answered with."""
        answer = self.exchange(
            target,
            orjson.dumps({"args": [request or {}], "kwargs": {}}),
            headers={CONTEXT_HEADER: self._keys.seal(caller or Caller())},
            seconds=seconds,
        )
        if answer["error"] is not None:
            raise from_wire(answer["error"])
        return answer["result"]

    def exchange(self, target: str, body: bytes, *, seconds: float = 10, **properties: Any) -> dict[str, Any]:
        """Send these very bytes and return the raw answer; raises :class:`NoAnswer`."""
        correlation_id = uuid.uuid4().hex
        self.send(target, body, reply_to=self._queue, correlation_id=correlation_id, **properties)
        for _method, received, answer in self.channel.consume(self._queue, auto_ack=True, inactivity_timeout=seconds):
            if received is None:
                break
            if received.correlation_id == correlation_id:
                return dict(orjson.loads(answer))
        raise NoAnswer(target)

    def send(self, target: str, body: bytes, **properties: Any) -> None:
        """Send a request and expect nothing."""
        self.channel.basic_publish(
            "nameko-rpc",
            target,
            body,
            pika.BasicProperties(**{"content_type": "application/json", "content_encoding": "utf-8", **properties}),
        )

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()
