"""RPC, the serving side: Nameko's protocol, with a verified caller, typed refusals and measured answers.

Why this module exists: the wire stays Nameko's (exchange ``nameko-rpc``, queue ``rpc-<service>``, ``args``/``kwargs``,
a reply to ``reply_to``), so that a stock Nameko client can call; what is ours is what happens around the method.
Every RPC takes one argument, the request as a mapping. How long its answer is wanted, the caller says with
``expiration``: the broker drops what is too late.
"""

from __future__ import annotations

import time
from functools import partial
from typing import Any

import eventlet
import orjson
import structlog
from kombu import Exchange
from kombu.message import Message
from nameko.exceptions import ContainerBeingKilled
from nameko.extensions import Entrypoint, ProviderCollector, SharedExtension

from services.chassis import metrics
from services.chassis.amqp import Publisher, RawConsumer, durable_queue, one_packet
from services.chassis.context import ANONYMOUS, CONTEXT_HEADER, Caller
from services.chassis.database import is_outage
from services.chassis.errors import (
    AppError,
    BadRequest,
    DeadlineExceeded,
    InternalError,
    NotFound,
    Unavailable,
    to_wire,
)
from services.chassis.logs import get_logger
from services.chassis.runtime import runtime_of

log = get_logger(__name__)

RPC_EXCHANGE = "nameko-rpc"
CALLER_KEY = "caller"


class RpcServer(SharedExtension, ProviderCollector):
    """The one queue of a service, from which its RPC methods are fed."""

    consumer = RawConsumer()
    publisher = Publisher()

    def __init__(self) -> None:
        super().__init__()
        self.queue: Any = None
        self._methods: dict[str, RpcEntrypoint] = {}
        self._answers: list[tuple[Message, bytes]] = []  # finished, and not sent yet

    def setup(self) -> None:
        """Register with the consumer; runs once for all methods."""
        service = self.container.service_name
        self.queue = durable_queue(
            f"rpc-{service}",
            runtime_of(self.container).settings.queue_type,
            exchange=Exchange(RPC_EXCHANGE, type="topic", durable=True),
            routing_key=f"{service}.*",
        )
        self.consumer.register_provider(self)

    def register_provider(self, provider: RpcEntrypoint) -> None:
        """Add a method."""
        super().register_provider(provider)
        self._methods[provider.method_name] = provider

    def unregister_provider(self, provider: RpcEntrypoint) -> None:
        """Remove a method; with the last one, consumption ends."""
        self._methods.pop(provider.method_name, None)
        if not self._methods and self.queue is not None:
            self.consumer.unregister_provider(self)
            self.queue = None
        super().unregister_provider(provider)

    def handle_message(self, message: Message) -> None:
        """Hand a request to its method, or answer why not. Nothing in a message can stop the loop."""
        reply_to = message.properties.get("reply_to")
        if not reply_to or not message.content_type:
            self._park(message, "no_reply_to", "an RPC needs reply_to and content_type")
            return
        try:
            body = orjson.loads(message.body)
            (request,) = body["args"]
            header = message.headers.get(CONTEXT_HEADER)
            caller = runtime_of(self.container).context_keys.open(header) if header else ANONYMOUS
        except AppError as not_verified:
            self.reply(message, None, not_verified)
            return
        except (ValueError, KeyError, TypeError) as error:
            self._park(message, "undecodable", f"{type(error).__name__}: {error}")
            refusal = BadRequest(why_zh="RPC 请求无法解析。", why_en="The RPC request cannot be read.")
            self.publisher.send_together([self._as_published(message, _encoded(message, None, refusal))])
            return
        name = message.delivery_info["routing_key"].rpartition(".")[2]
        method = self._methods.get(name)
        if method is None:
            self.reply(message, None, NotFound(what="RPC"))
        elif message.delivery_info.get("redelivered") and not method.repeatable(caller):
            self.reply(message, None, DeadlineExceeded())
        else:
            method.spawn(request, caller, message)

    def reply(self, message: Message, result: Any, error: BaseException | None) -> None:
        """Answer and acknowledge, together with all that other workers finish at this moment."""
        self._answers.append((message, _encoded(message, result, error)))
        if len(self._answers) > 1:
            return  # the worker whose answer came first takes this one along
        eventlet.sleep(0)
        answers, self._answers = self._answers, []
        try:
            self.publisher.send_together([self._as_published(request, body) for request, body in answers])
        except Exception as failure:  # the broker is away: the unacknowledged requests come again with its return
            log.warning("reply_not_sent", error=str(failure))
            return
        with one_packet(message.channel):
            for request, _ in answers:
                self.consumer.ack_message(request)

    def requeue(self, message: Message) -> None:
        """Give a request back that this process will not handle any more."""
        self.consumer.requeue_message(message)

    @staticmethod
    def _as_published(request: Message, body: bytes) -> tuple[bytes, str, str, dict[str, Any]]:
        properties = {"correlation_id": request.properties.get("correlation_id")}
        return body, RPC_EXCHANGE, request.properties["reply_to"], properties

    def _park(self, message: Message, reason: str, explanation: str) -> None:
        self.publisher.park(message, queue=self.queue.name, reason=reason, explanation=explanation)
        self.consumer.ack_message(message)


class RpcEntrypoint(Entrypoint):
    """One RPC method of a service class; made by the decorators in ``entrypoints.py``."""

    server = RpcServer()

    def __init__(self, *, changes_state: bool, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._changes_state = changes_state

    def repeatable(self, caller: Caller) -> bool:
        """Whether running the request a second time can do no harm.

        A request comes again when a process died between its commit and its acknowledgement. Reading twice is
        harmless, and an idempotency key finds its first answer; anything else must not be done twice, and its caller
        is told that the outcome is unknown.
        """
        return not self._changes_state or caller.idempotency_key is not None

    def setup(self) -> None:
        """Register with the service's queue."""
        self.server.register_provider(self)

    def stop(self) -> None:
        """Take no more requests."""
        self.server.unregister_provider(self)

    def spawn(self, request: Any, caller: Any, message: Message) -> None:
        """Run the method in a worker."""
        started = time.perf_counter()
        try:
            self.container.spawn_worker(
                self,
                (request,),
                {},
                context_data={CALLER_KEY: caller},
                handle_result=partial(self._handle_result, message, started),
            )
            metrics.WORKERS_BUSY.inc()
        except ContainerBeingKilled:
            self.server.requeue(message)

    def _handle_result(
        self, message: Message, started: float, worker_ctx: Any, result: Any, exc_info: Any
    ) -> tuple[Any, Any]:
        metrics.WORKERS_BUSY.dec()
        error = None if exc_info is None else _refusal(exc_info[1])
        outcome = "ok" if error is None else error.code
        metrics.RPC_SECONDS.labels(self.method_name, outcome).observe(time.perf_counter() - started)
        if error is not None:
            caller = worker_ctx.data[CALLER_KEY]
            with structlog.contextvars.bound_contextvars(request_id=caller.request_id, method=self.method_name):
                if error.status >= 500:
                    log.error("rpc_failed", error=outcome, exc_info=exc_info)
                else:
                    log.info("rpc_refused", error=outcome)
        self.server.reply(message, result, error)
        return result, exc_info


def _encoded(request: Message, result: Any, error: BaseException | None) -> bytes:
    try:
        return orjson.dumps({"result": result, "error": None if error is None else to_wire(error)})
    except TypeError:  # an answer that is no JSON is a fault of the service, and still an answer
        log.error("answer_not_json", routing_key=request.delivery_info["routing_key"], exc_info=True)
        return orjson.dumps({"result": None, "error": to_wire(InternalError())})


def _refusal(error: BaseException) -> AppError:
    if isinstance(error, AppError):
        return error
    if is_outage(error):
        return Unavailable()
    return InternalError()
