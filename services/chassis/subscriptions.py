"""Events, the receiving side: a queue for each handler, delayed retries, and parking instead of loss.

Why this module exists: Nameko's event handler acknowledges what failed. Here a message is acknowledged only after its
effect is committed, or after the broker has confirmed a copy on a delay queue or the parking queue.
"""

from __future__ import annotations

import time
from functools import partial
from typing import Any

import structlog
from kombu import Exchange, binding
from kombu.message import Message
from nameko.exceptions import ContainerBeingKilled
from nameko.extensions import Entrypoint

from services.chassis import metrics
from services.chassis.amqp import Publisher, RawConsumer, attempts, durable_queue
from services.chassis.context import Caller
from services.chassis.events import Event, UnreadableEvent, read_envelope
from services.chassis.logs import get_logger
from services.chassis.rpc import CALLER_KEY
from services.chassis.runtime import runtime_of

log = get_logger(__name__)


class DuplicateEvent(Exception):
    """Raised by the decorator when the inbox knows the event already; it ends the handling, and is no failure."""


class EventEntrypoint(Entrypoint):
    """One handler method, subscribed to one or more event classes."""

    consumer = RawConsumer()
    publisher = Publisher()

    def __init__(self, *event_classes: type[Event], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._event_classes = event_classes
        self._known = {event_class.wire_type(): event_class for event_class in event_classes}
        self.queue: Any = None

    def setup(self) -> None:
        """Declare the queue (on connection) and register with the consumer."""
        service = self.container.service_name
        self.queue = durable_queue(
            f"{service}.{self.method_name}",
            runtime_of(self.container).settings.queue_type,
            bindings=[
                binding(Exchange(cls.exchange(), type="topic", durable=True), routing_key=cls.wire_type())
                for cls in self._event_classes
            ],
        )
        self.consumer.register_provider(self)

    def stop(self) -> None:
        """Take no more events."""
        self.consumer.unregister_provider(self)

    def handle_message(self, message: Message) -> None:
        """Read the envelope and run the handler in a worker."""
        try:
            event = read_envelope(message.body, self._known)
        except UnreadableEvent as error:
            explanation = str(error)  # `error` itself is unbound by the time a linter thinks the lambda runs
            self._finish(message, lambda: self._park(message, "undecodable", explanation))
            return
        caller = Caller(
            kind="service",
            account_id=event.source,
            request_id=f"event-{event.id}",
            traceparent=event.traceparent,
        )
        try:
            self.container.spawn_worker(
                self,
                (event,),
                {},
                context_data={CALLER_KEY: caller},
                handle_result=partial(self._handle_result, message, event, time.perf_counter()),
            )
            metrics.WORKERS_BUSY.inc()
        except ContainerBeingKilled:
            self.consumer.requeue_message(message)

    def _handle_result(
        self, message: Message, event: Any, started: float, _ctx: Any, result: Any, exc_info: Any
    ) -> tuple[Any, Any]:
        metrics.WORKERS_BUSY.dec()
        error = None if exc_info is None else exc_info[1]
        lag = (runtime_of(self.container).clock.now() - event.time).total_seconds()
        metrics.EVENT_LAG_SECONDS.labels(self.method_name).observe(max(lag, 0.0))
        outcome = "done"
        if isinstance(error, DuplicateEvent):
            outcome = "duplicate"
            metrics.INBOX_DUPLICATES.labels(self.method_name).inc()
            self._finish(message, lambda: None)
        elif error is None:
            self._finish(message, lambda: None)
        else:
            outcome = "parked" if self._worn_out(message) else "retried"
            with structlog.contextvars.bound_contextvars(event_id=event.id, event_type=event.type):
                log.warning("event_failed", handler=self.method_name, outcome=outcome, exc_info=exc_info)
            self._finish(message, lambda: self._retry_or_park(message, error))
        metrics.EVENT_SECONDS.labels(self.method_name, outcome).observe(time.perf_counter() - started)
        return result, exc_info

    def _retry_or_park(self, message: Message, error: BaseException) -> None:
        if self._worn_out(message):
            self._park(message, "failed", f"{type(error).__name__}: {error}")
        else:
            self.publisher.delay(message, queue=self.queue.name, attempt=attempts(message) + 1)

    def _worn_out(self, message: Message) -> bool:
        return attempts(message) >= len(runtime_of(self.container).settings.retry_delays)

    def _park(self, message: Message, reason: str, explanation: str) -> None:
        self.publisher.park(message, queue=self.queue.name, reason=reason, explanation=explanation)

    def _finish(self, message: Message, before: Any) -> None:
        try:
            before()
        except Exception as failure:  # without a copy in safety there is no ack: the broker will deliver it again
            log.warning("event_not_acknowledged", error=str(failure))
            self.consumer.requeue_message(message)
            return
        self.consumer.ack_message(message)
