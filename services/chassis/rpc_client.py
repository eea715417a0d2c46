"""RPC, the asking side, between services: with a deadline, and never inside a transaction.

Why this module exists: Nameko's proxy waits for ever. Here every call has a deadline which the broker knows too
(``expiration``), a refusal of the other side is raised as the same error class, and a call while a transaction is open
is a programming error that fails at once, not a pool that runs dry at the busiest moment of the year.
"""

from __future__ import annotations

import time
import uuid
from typing import Any

import eventlet
import orjson
from eventlet.event import Event as Signal
from kombu import Exchange, Queue
from kombu.message import Message
from nameko.extensions import DependencyProvider, SharedExtension

from services.chassis import metrics
from services.chassis.amqp import Publisher, RawConsumer
from services.chassis.context import ANONYMOUS, CONTEXT_HEADER, Caller
from services.chassis.errors import AppError, DeadlineExceeded, Unavailable, from_wire
from services.chassis.rpc import CALLER_KEY, RPC_EXCHANGE
from services.chassis.runtime import runtime_of
from services.chassis.unit_of_work import in_transaction


class RpcInsideTransaction(RuntimeError):
    """The code asks another service while it holds a transaction open (DESIGN.md 3)."""


class ReplyListener(SharedExtension):
    """One exclusive reply queue for the process; answers are matched by correlation id."""

    consumer = RawConsumer()

    def __init__(self) -> None:
        super().__init__()
        self._waiting: dict[str, Signal] = {}
        self.reply_to = f"reply-{uuid.uuid4()}"
        self.queue: Any = None

    def setup(self) -> None:
        """Declare the queue (on connection) and register with the consumer."""
        self.queue = Queue(
            f"rpc.{self.reply_to}",
            exchange=Exchange(RPC_EXCHANGE, type="topic", durable=True),
            routing_key=self.reply_to,
            exclusive=True,
            auto_delete=True,
            durable=False,
        )
        self.consumer.register_provider(self)

    def stop(self) -> None:
        """Take no more replies."""
        self.consumer.unregister_provider(self)

    def expect(self, correlation_id: str) -> Signal:
        """A signal that fires with the answer."""
        signal = Signal()
        self._waiting[correlation_id] = signal
        return signal

    def forget(self, correlation_id: str) -> None:
        """Nobody waits for this answer any more."""
        self._waiting.pop(correlation_id, None)

    def handle_message(self, message: Message) -> None:
        """Fire the signal of whoever waits for this answer; what comes too late is dropped."""
        signal = self._waiting.pop(message.properties.get("correlation_id", ""), None)
        self.consumer.ack_message(message)
        if signal is not None:
            signal.send(message.body)


class ServiceClient(DependencyProvider):
    """``organization = ServiceClient("organization")`` on a service class."""

    replies = ReplyListener()
    publisher = Publisher()

    def __init__(self, target: str) -> None:
        super().__init__()
        self._target = target

    def get_dependency(self, worker_ctx: Any) -> BoundClient:
        """The client for this request: it asks in the service's own name, within the same trace."""
        caller: Caller = worker_ctx.data.get(CALLER_KEY) or ANONYMOUS
        return BoundClient(self, self._target, caller.through_service(self.container.service_name))


class BoundClient:
    """Calls one service in the name of another."""

    def __init__(self, client: ServiceClient, target: str, caller: Caller) -> None:
        self._client = client
        self._target = target
        self._caller = caller

    def call(self, method: str, request: dict[str, Any], *, deadline: float = 2.0) -> Any:
        """The answer of ``target.method(request)`` within ``deadline`` seconds.

        Raises what the other side refused with, :class:`DeadlineExceeded` if no answer came (whether it took effect is
        unknown), :class:`Unavailable` if it could not be asked.
        """
        if in_transaction():
            raise RpcInsideTransaction(f"{self._target}.{method}")
        started = time.perf_counter()
        outcome = "ok"
        try:
            return self._call(method, request, deadline)
        except AppError as error:
            outcome = error.code
            raise
        finally:
            metrics.RPC_CLIENT_SECONDS.labels(f"{self._target}.{method}", outcome).observe(
                time.perf_counter() - started
            )

    def _call(self, method: str, request: dict[str, Any], deadline: float) -> Any:
        replies, keys = self._client.replies, runtime_of(self._client.container).context_keys
        correlation_id = uuid.uuid4().hex
        signal = replies.expect(correlation_id)
        try:
            self._client.publisher.send(
                orjson.dumps({"args": [request], "kwargs": {}}),
                exchange=RPC_EXCHANGE,
                routing_key=f"{self._target}.{method}",
                reply_to=replies.reply_to,
                correlation_id=correlation_id,
                expiration=deadline,  # kombu takes seconds
                headers={CONTEXT_HEADER: keys.seal(self._caller)},
            )
            with eventlet.Timeout(deadline):
                answer = orjson.loads(signal.wait())
        except eventlet.Timeout:
            raise DeadlineExceeded() from None
        except OSError as error:
            raise Unavailable() from error
        finally:
            replies.forget(correlation_id)
        if answer["error"] is not None:
            raise from_wire(answer["error"])
        return answer["result"]
