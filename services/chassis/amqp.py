"""The broker, as Nameko's extensions see it: raw consumption, safe publishing, delayed retries, parking.

Why this module exists: three of Nameko's defaults lose messages or kill the process, and are replaced here, once.
Its consumer decodes before it calls, so that one undecodable message takes the container down (Nameko issue 753):
:class:`RawConsumer` hands over bytes. Its failed events vanish: :class:`Publisher` can put a message on a delay queue,
and in the end on the service's parking queue. And its consumers are believed to exist because they were declared once:
:meth:`RawConsumer.missing_queues` asks the broker.

Delays are TTL queues whose dead letters return to the queue the message came from. RabbitMQ 4 ignores an ``x-death``
header that a client sends, so the attempts are counted in a header of our own.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import partial
from socket import IPPROTO_TCP, TCP_CORK
from typing import Any

import eventlet.semaphore
from amqp.exceptions import NotFound
from kombu import Connection, Exchange, Producer, Queue
from kombu.message import Message
from nameko.constants import AMQP_URI_CONFIG_KEY
from nameko.extensions import SharedExtension
from nameko.messaging import QueueConsumer

from services.chassis import metrics
from services.chassis.logs import get_logger
from services.chassis.runtime import runtime_of

log = get_logger(__name__)

ATTEMPT_HEADER = "zhiyuan-attempt"
PARKED_FROM_HEADER = "zhiyuan-parked-from"
PARKED_REASON_HEADER = "zhiyuan-parked-reason"


def parking_queue_name(service: str) -> str:
    """The queue that holds what ``service`` could not handle; see ``dev parked``."""
    return f"{service}.parked"


def durable_queue(name: str, queue_type: str, **kwargs: Any) -> Queue:
    """A queue that survives the broker, of the type this installation uses."""
    arguments = {"x-queue-type": "quorum"} if queue_type == "quorum" else {}
    return Queue(name, durable=True, queue_arguments={**arguments, **kwargs.pop("queue_arguments", {})}, **kwargs)


def delay_exchange(seconds: int) -> Exchange:
    """Publish here with a queue's name as routing key, and the message is in that queue ``seconds`` later."""
    return Exchange(f"zhiyuan.delay.{seconds}s", type="fanout", durable=True)


def delay_queue(seconds: int, queue_type: str) -> Queue:
    """The queue behind :func:`delay_exchange`. Its dead letters go, by their routing key, to the default exchange."""
    arguments: dict[str, Any] = {"x-message-ttl": seconds * 1000, "x-dead-letter-exchange": ""}
    if queue_type == "quorum":
        arguments |= {"x-dead-letter-strategy": "at-least-once", "x-overflow": "reject-publish"}
    return durable_queue(
        f"zhiyuan.delay.{seconds}s", queue_type, exchange=delay_exchange(seconds), queue_arguments=arguments
    )


class RawConsumer(QueueConsumer):
    """Nameko's queue consumer, but providers get undecoded messages, and a lost connection shows."""

    def __init__(self) -> None:
        super().__init__()
        self.connected = False

    @property
    def prefetch_count(self) -> int:
        """As many messages as there are workers, for each queue."""
        return int(self.container.max_workers)

    def run(self, _tokens: int = 1, **kwargs: Any) -> None:
        """Kombu's loop; it looks up four times a second whether it should stop."""
        super().run(_tokens, safety_interval=0.25, **kwargs)

    def get_consumers(self, consumer_cls: Any, channel: Any) -> Any:
        """Called by kombu after every (re)connection; declares queues, exchanges and bindings again."""
        runtime = runtime_of(self.container)
        for seconds in runtime.settings.retry_delays:
            delay_queue(seconds, runtime.settings.queue_type)(channel).declare()
        durable_queue(parking_queue_name(runtime.service), runtime.settings.queue_type)(channel).declare()
        for provider in self._providers:
            consumer = consumer_cls(queues=[provider.queue], on_message=partial(self._take, provider))
            consumer.qos(prefetch_count=self.prefetch_count)
            self._consumers[provider] = consumer
        return self._consumers.values()

    def _take(self, provider: Any, message: Message) -> None:
        # Spawning a worker waits for a free one, and the loop that reads the socket must not wait.
        if self.container._worker_pool.free() > 0:
            provider.handle_message(message)
        else:
            self.container.spawn_managed_thread(partial(provider.handle_message, message))

    def on_consume_ready(self, connection: Any, channel: Any, consumers: Any, **kwargs: Any) -> None:
        """Kombu's word that the consumers are there."""
        self.connected = True
        metrics.BROKER_CONNECTED.set(1)
        super().on_consume_ready(connection, channel, consumers, **kwargs)

    def on_connection_revived(self) -> None:
        """Kombu's word that it starts over after a lost connection."""
        self.connected = False
        metrics.BROKER_CONNECTED.set(0)

    def on_connection_error(self, exc: Exception, interval: float) -> None:
        """Kombu's word that the broker does not answer; it goes on trying."""
        self.connected = False
        metrics.BROKER_CONNECTED.set(0)
        log.warning("broker_unreachable", error=str(exc), retry_in=interval)

    def missing_queues(self) -> list[str]:
        """Names of the queues that should have a consumer and, by the broker's own word, have none."""
        if not self.connected:
            return [provider.queue.name for provider in self._providers]
        missing = []
        with Connection(self.amqp_uri, connect_timeout=2) as connection:
            for provider in self._providers:
                if provider.queue.exclusive:
                    continue  # nobody but its own connection may ask
                try:
                    with connection.channel() as channel:
                        consumers = channel.queue_declare(provider.queue.name, passive=True).consumer_count
                except NotFound:
                    consumers = 0
                if consumers == 0:
                    missing.append(provider.queue.name)
        return missing


@contextmanager
def one_packet(channel: Any) -> Iterator[None]:
    """What is sent on ``channel`` within the block leaves together: under load, a packet each costs most of an RPC."""
    _cork(channel, 1)
    try:
        yield
    finally:
        _cork(channel, 0)


def _cork(channel: Any, on: int) -> None:
    # a lost connection has no socket, or a dead one; whatever is sent next will say so
    with suppress(OSError, AttributeError):
        channel.connection.transport.sock.setsockopt(IPPROTO_TCP, TCP_CORK, on)


class Publisher(SharedExtension):
    """One connection for what a service sends itself: RPC messages without confirms, retries and parking with."""

    def __init__(self) -> None:
        super().__init__()
        self._unconfirmed: Producer | None = None
        self._confirmed: Producer | None = None
        self._lock = eventlet.semaphore.Semaphore()

    def send(self, body: bytes, *, exchange: str, routing_key: str, **properties: Any) -> None:
        """Publish an RPC request or reply: no confirm, because an RPC has its answer (DESIGN.md 3)."""
        with self._lock:
            try:
                if self._unconfirmed is None:
                    self._unconfirmed = self._connect(confirm=False)
                self._publish(self._unconfirmed, body, exchange, routing_key, properties)
            except self._errors(self._unconfirmed):
                self._unconfirmed = self._connect(confirm=False)
                self._publish(self._unconfirmed, body, exchange, routing_key, properties)

    def send_together(self, messages: Sequence[tuple[bytes, str, str, dict[str, Any]]]) -> None:
        """:meth:`send` for several: (body, exchange, routing key, properties) each, in as few packets as they fit."""
        with self._lock:
            try:
                if self._unconfirmed is None:
                    self._unconfirmed = self._connect(confirm=False)
                self._publish_together(self._unconfirmed, messages)
            except self._errors(self._unconfirmed):
                self._unconfirmed = self._connect(confirm=False)
                self._publish_together(self._unconfirmed, messages)

    def send_confirmed(self, body: bytes, *, exchange: str, routing_key: str, **properties: Any) -> None:
        """Publish a persistent message and wait until the broker has taken responsibility for it."""
        with self._lock:
            try:
                if self._confirmed is None:
                    self._confirmed = self._connect(confirm=True)
                self._publish(self._confirmed, body, exchange, routing_key, {"delivery_mode": 2, **properties})
            except self._errors(self._confirmed):
                self._confirmed = self._connect(confirm=True)
                self._publish(self._confirmed, body, exchange, routing_key, {"delivery_mode": 2, **properties})

    def delay(self, message: Message, *, queue: str, attempt: int) -> None:
        """Bring ``message`` back to ``queue`` after the delay of its ``attempt`` (counted from 1)."""
        delays = runtime_of(self.container).settings.retry_delays
        self.send_confirmed(
            message.body,
            exchange=delay_exchange(delays[attempt - 1]).name,
            routing_key=queue,
            **_properties(message, {ATTEMPT_HEADER: attempt}),
        )

    def park(self, message: Message, *, queue: str, reason: str, explanation: str) -> None:
        """Put ``message`` where a person looks at it (``dev parked``)."""
        service = runtime_of(self.container).service
        extra = {PARKED_FROM_HEADER: queue, PARKED_REASON_HEADER: f"{reason}: {explanation}"[:500]}
        self.send_confirmed(
            message.body, exchange="", routing_key=parking_queue_name(service), **_properties(message, extra)
        )
        metrics.PARKED.labels(queue, reason).inc()
        log.error("message_parked", queue=queue, reason=reason, explanation=explanation)

    def stop(self) -> None:
        """Close the connections."""
        for producer in (self._unconfirmed, self._confirmed):
            if producer is not None:
                producer.connection.release()

    def _connect(self, *, confirm: bool) -> Producer:
        connection = Connection(
            self.container.config[AMQP_URI_CONFIG_KEY],
            connect_timeout=3,
            transport_options={"confirm_publish": confirm},
        )
        connection.connect()
        return Producer(connection.channel())

    @staticmethod
    def _errors(producer: Producer | None) -> tuple[type[BaseException], ...]:
        if producer is None:
            return ()
        connection = producer.connection
        return (*connection.connection_errors, *connection.channel_errors)

    @classmethod
    def _publish_together(cls, producer: Producer, messages: Sequence[tuple[bytes, str, str, dict[str, Any]]]) -> None:
        with one_packet(producer.channel):
            for body, exchange, routing_key, properties in messages:
                cls._publish(producer, body, exchange, routing_key, properties)

    @staticmethod
    def _publish(producer: Producer, body: bytes, exchange: str, routing_key: str, properties: dict[str, Any]) -> None:
        producer.publish(
            body,
            exchange=exchange,
            routing_key=routing_key,
            retry=False,
            **{
                "content_type": "application/json",
                "content_encoding": "utf-8",
                "delivery_mode": 1,
                **properties,
            },
        )


def _properties(message: Message, extra_headers: dict[str, Any]) -> dict[str, Any]:
    kept = {k: message.properties[k] for k in ("message_id", "correlation_id", "type") if message.properties.get(k)}
    return {
        **kept,
        "content_type": message.content_type or "application/octet-stream",
        "content_encoding": message.content_encoding or "binary",
        "headers": {**{k: v for k, v in message.headers.items() if k != "x-death"}, **extra_headers},
    }


def attempts(message: Message) -> int:
    """How often this message has failed before."""
    value = message.headers.get(ATTEMPT_HEADER, 0)
    return value if isinstance(value, int) else 0
