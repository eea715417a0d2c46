"""Asking services: Nameko's RPC protocol over pika's asyncio adapter, one connection and one reply queue a process.

Why this module exists: it is the hot path of everything. An answer is matched to its future by correlation id in one
callback, without a task or a lock. Every call has a deadline that the broker knows too (``expiration``). While the
broker is away calls fail at once (503), those under way included, and the connection heals by itself.
"""

from __future__ import annotations

import asyncio
import itertools
import time
import uuid
from collections.abc import Callable
from functools import cache
from typing import Any

import orjson
import pika
from pika.adapters.asyncio_connection import AsyncioConnection

from gateway import metrics
from services.chassis.context import CONTEXT_HEADER, Caller, ContextKeys
from services.chassis.errors import AppError, DeadlineExceeded, Unavailable, from_wire
from services.chassis.logs import get_logger

log = get_logger(__name__)

EXCHANGE = "nameko-rpc"
_RECONNECT_SECONDS = (0.1, 0.5, 1.0, 2.0)


class RpcClient:
    """Calls services by name; ``start`` once, ``stop`` at the end."""

    def __init__(self, amqp_url: str, keys: ContextKeys) -> None:
        self._url = amqp_url
        self._keys = keys
        self._pending: dict[str, asyncio.Future[bytes]] = {}
        self._connection: AsyncioConnection | None = None
        self._channel: Any = None
        self._usable = False
        self._stopping = False
        self._attempt = 0
        self._reply_to = ""
        self._seconds: Callable[[str, str], Any] = cache(metrics.RPC_SECONDS.labels)
        # correlation ids need to be unique in this process's reply queue only
        self._ids = map(str, itertools.count())

    @property
    def connected(self) -> bool:
        """Whether a call would be sent."""
        return self._usable

    async def start(self) -> None:
        """Begin to connect; does not wait, because the gateway answers 503 until then."""
        self._connect()

    async def stop(self) -> None:
        """Close the connection; what is under way fails."""
        self._stopping = True
        self._fail_pending()
        if self._connection is not None and self._connection.is_open:
            self._connection.close()

    async def call(self, target: str, payload: Any, caller: Caller, *, deadline: float) -> Any:
        """The answer of ``service.method``. Raises its refusal, ``DeadlineExceeded``, or ``Unavailable``."""
        started = time.perf_counter()
        outcome = "ok"
        try:
            answer = orjson.loads(await self._exchange(target, payload, caller, deadline))
            if answer["error"] is not None:
                raise from_wire(answer["error"])
            return answer["result"]
        except AppError as error:
            outcome = error.code
            raise
        finally:
            self._seconds(target, outcome).observe(time.perf_counter() - started)

    def _exchange(self, target: str, payload: Any, caller: Caller, deadline: float) -> asyncio.Future[bytes]:
        if not self._usable:
            raise Unavailable()
        loop = asyncio.get_running_loop()
        correlation_id = next(self._ids)
        future: asyncio.Future[bytes] = loop.create_future()
        self._pending[correlation_id] = future
        timer = loop.call_later(deadline, self._expire, correlation_id)

        def forget(_: object) -> None:
            timer.cancel()
            self._pending.pop(correlation_id, None)

        future.add_done_callback(forget)
        self._channel.basic_publish(
            EXCHANGE,
            target,
            orjson.dumps({"args": (payload,), "kwargs": {}}),
            pika.BasicProperties(
                content_type="application/json",
                content_encoding="utf-8",
                headers={CONTEXT_HEADER: self._keys.seal(caller)},
                reply_to=self._reply_to,
                correlation_id=correlation_id,
                expiration=str(int(deadline * 1000)),
                delivery_mode=1,
            ),
            mandatory=True,  # no queue at all: the broker says so at once
        )
        return future

    def _expire(self, correlation_id: str) -> None:
        future = self._pending.get(correlation_id)
        if future is not None and not future.done():
            future.set_exception(DeadlineExceeded())

    # connection -----------------------------------------------------------------------------------------------

    def _connect(self) -> None:
        self._reply_to = f"gateway-{uuid.uuid4()}"
        parameters = pika.URLParameters(self._url)
        parameters.heartbeat = 10
        parameters.socket_timeout = parameters.stack_timeout = 5
        self._connection = AsyncioConnection(
            parameters,
            on_open_callback=lambda connection: connection.channel(on_open_callback=self._on_channel),
            on_open_error_callback=lambda _, error: self._on_closed(error),
            on_close_callback=lambda _, reason: self._on_closed(reason),
        )

    def _on_channel(self, channel: Any) -> None:
        self._channel = channel
        channel.add_on_return_callback(self._on_return)
        channel.add_on_close_callback(lambda _, reason: self._on_channel_closed(reason))
        channel.exchange_declare(EXCHANGE, exchange_type="topic", durable=True)
        channel.queue_declare(self._reply_to, exclusive=True, auto_delete=True)
        channel.queue_bind(self._reply_to, EXCHANGE, self._reply_to)
        channel.basic_consume(self._reply_to, self._on_reply, auto_ack=True, exclusive=True, callback=self._on_ready)

    def _on_ready(self, _frame: Any) -> None:
        self._usable = True
        self._attempt = 0
        metrics.BROKER_CONNECTED.set(1)
        log.info("broker_connected")

    def _on_reply(self, _channel: Any, _method: Any, properties: pika.BasicProperties, body: bytes) -> None:
        future = self._pending.get(properties.correlation_id or "")
        if future is not None and not future.done():
            future.set_result(body)

    def _on_return(self, _channel: Any, _method: Any, properties: pika.BasicProperties, _body: bytes) -> None:
        future = self._pending.get(properties.correlation_id or "")
        if future is not None and not future.done():
            future.set_exception(Unavailable())

    def _on_channel_closed(self, reason: Any) -> None:
        self._usable = False  # the connection takes a moment to close, and until then would refuse with an error
        self._fail_pending()
        if self._connection is not None and self._connection.is_open:
            log.warning("broker_channel_closed", reason=str(reason))
            self._connection.close()

    def _on_closed(self, reason: Any) -> None:
        if not self._stopping:
            log.warning("broker_away", reason=str(reason), attempt=self._attempt)
        self._usable = False
        metrics.BROKER_CONNECTED.set(0)
        self._fail_pending()
        if not self._stopping:
            delay = _RECONNECT_SECONDS[min(self._attempt, len(_RECONNECT_SECONDS) - 1)]
            self._attempt += 1
            asyncio.get_running_loop().call_later(delay, self._reconnect)

    def _reconnect(self) -> None:
        if not self._stopping:
            self._connect()

    def _fail_pending(self) -> None:
        for future in list(self._pending.values()):
            if not future.done():
                future.set_exception(Unavailable())

    @property
    def pending(self) -> int:
        """How many calls wait for an answer."""
        return len(self._pending)
