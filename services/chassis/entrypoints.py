"""The decorators a service class is written with: ``command``, ``query``, ``saga``, ``on``, ``every`` and ``sweep``.

Why this module exists: each is one sentence about how a method runs, so that ``service.py`` says what happens and
nothing about how. ``command`` is one transaction with its Idempotency-Key, ``query`` a read-only one, ``saga`` opens
its own (where an RPC to another service may stand between them), ``on`` is an event with its inbox row, ``every`` a
timer of which one replica at a time runs, in one transaction. ``sweep`` is a timer that opens its own, as a saga does:
for what was left lying because somebody else was away.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

import sqlalchemy as sa
from nameko.extensions import DependencyProvider
from nameko.timer import Timer
from sqlalchemy.exc import SQLAlchemyError

from services.chassis import idempotency, inbox, metrics
from services.chassis.context import ANONYMOUS, Caller
from services.chassis.crypto import KeyRing
from services.chassis.events import Event, Received
from services.chassis.logs import get_logger
from services.chassis.rpc import CALLER_KEY, RpcEntrypoint
from services.chassis.runtime import runtime_of
from services.chassis.schema import Answer, Request
from services.chassis.subscriptions import DuplicateEvent, EventEntrypoint
from services.chassis.unit_of_work import UnitOfWork

log = get_logger(__name__)

Method = Callable[..., Any]


def command(request: type[Request], answer: type[Answer]) -> Callable[[Method], Method]:
    """``def method(self, command, uow)``: one transaction, committed with its idempotency key, answer dumped."""
    parser, dumper = request(), answer()

    def decorate(method: Method) -> Method:
        @wraps(method)
        def run(self: Any, payload: Any) -> Any:
            parsed = parser.parse(payload)
            with self.unit_of_work() as uow:
                if uow.caller.idempotency_key is None:
                    return dumper.dump(method(self, parsed, uow))
                repeatable = _repeatable(uow, method, payload)
                recalled = repeatable.recall(uow.session)
                if recalled is not None:
                    return recalled["answer"]
                result = dumper.dump(method(self, parsed, uow))
                repeatable.remember(uow.session, result)
                return result

        run.answers_with = answer  # type: ignore[attr-defined]  # read by the contract tests
        RpcEntrypoint.decorator(changes_state=True)(run)
        return run

    return decorate


def query(request: type[Request], answer: type[Answer]) -> Callable[[Method], Method]:
    """``def method(self, query, uow)``: a READ ONLY transaction; the answer is dumped inside it."""
    parser, dumper = request(), answer()

    def decorate(method: Method) -> Method:
        @wraps(method)
        def run(self: Any, payload: Any) -> Any:
            parsed = parser.parse(payload)
            with self.unit_of_work.reading() as uow:
                return dumper.dump(method(self, parsed, uow))

        run.answers_with = answer  # type: ignore[attr-defined]  # read by the contract tests
        RpcEntrypoint.decorator(changes_state=False)(run)
        return run

    return decorate


def saga(request: type[Request], answer: type[Answer]) -> Callable[[Method], Method]:
    """``def method(self, command)``: several transactions of its own, RPCs between them.

    It claims its Idempotency-Key before the first of them, and its answer is kept after the last: who asks again
    meanwhile is told so. A crash between leaves a claim that lapses, so the method's own rules must make a second run
    harmless.
    """
    parser, dumper = request(), answer()

    def decorate(method: Method) -> Method:
        @wraps(method)
        def run(self: Any, payload: Any) -> Any:
            parsed = parser.parse(payload)
            caller = self.unit_of_work.caller
            if caller.idempotency_key is None:
                return dumper.dump(method(self, parsed))
            with self.unit_of_work() as uow:
                repeatable = _repeatable(uow, method, payload)
                recalled = repeatable.begin(uow.session)
            if recalled is not None:
                return recalled["answer"]
            try:
                result = dumper.dump(method(self, parsed))
            except Exception:
                _give_up(self.unit_of_work, repeatable)
                raise
            with self.unit_of_work() as uow:
                repeatable.remember(uow.session, result)
            return result

        run.answers_with = answer  # type: ignore[attr-defined]  # read by the contract tests
        RpcEntrypoint.decorator(changes_state=True)(run)
        return run

    return decorate


def _give_up(units: Any, repeatable: idempotency.IdempotentRequest) -> None:
    try:
        with units() as uow:
            repeatable.give_up(uow.session)
    except SQLAlchemyError as failure:  # the database is away; the claim lapses by itself
        log.warning("claim_left", error=str(failure))


def _repeatable(uow: UnitOfWork, method: Method, payload: Any) -> idempotency.IdempotentRequest:
    keys = KeyRing.parse(uow.settings.cursor_keys.reveal())
    return idempotency.IdempotentRequest(uow.caller, method.__name__, payload, keys)


def on(*event_classes: type[Event]) -> Callable[[Method], Method]:
    """``def method(self, event, uow)``: inbox row and effect in one transaction; a failure is retried, then parked."""

    def decorate(method: Method) -> Method:
        @wraps(method)
        def run(self: Any, event: Received[Any]) -> None:
            with self.unit_of_work() as uow:
                if not inbox.claim(uow.session, method.__name__, event.id):
                    raise DuplicateEvent(event.id)
                method(self, event, uow)

        run.subscribed_to = event_classes  # type: ignore[attr-defined]  # read by docs.py and the contract tests
        EventEntrypoint.decorator(*event_classes)(run)
        return run

    return decorate


def every(*, seconds: float) -> Callable[[Method], Method]:
    """``def method(self, uow)``: every so many seconds, in one replica at a time, in a transaction of its own."""

    def decorate(method: Method) -> Method:
        @wraps(method)
        def run(self: Any) -> None:
            name = method.__name__
            try:
                with self.unit_of_work() as uow:
                    lock = sa.func.pg_try_advisory_xact_lock(sa.func.hashtextextended(f"timer:{name}", 0))
                    if not uow.session.scalar(sa.select(lock)):
                        metrics.TIMER_RUNS.labels(name, "elsewhere").inc()
                        return
                    method(self, uow)
                metrics.TIMER_RUNS.labels(name, "done").inc()
            except Exception:  # a timer comes again; what went wrong is counted and logged
                metrics.TIMER_RUNS.labels(name, "failed").inc()
                log.warning("timer_failed", timer=name, exc_info=True)

        Timer.decorator(interval=seconds)(run)
        return run

    return decorate


def sweep(*, seconds: float) -> Callable[[Method], Method]:
    """``def method(self)``: every so many seconds, in *every* replica, in transactions that the method opens itself.

    No lock is held while it waits for another service or a provider, so it must claim what it works on, row by row:
    ``SELECT … FOR UPDATE SKIP LOCKED`` with a ``next_attempt_at`` that is moved forward in the same short transaction.
    A claim outlives the process that made it by that much, and no more. A run that takes longer than ``seconds`` is
    followed by the next one; two never overlap in one process.
    """

    def decorate(method: Method) -> Method:
        @wraps(method)
        def run(self: Any) -> None:
            name = method.__name__
            try:
                method(self)
                metrics.TIMER_RUNS.labels(name, "done").inc()
            except Exception:  # it comes again; what it had claimed is due again by then
                metrics.TIMER_RUNS.labels(name, "failed").inc()
                log.warning("timer_failed", timer=name, exc_info=True)

        Timer.decorator(interval=seconds)(run)
        return run

    return decorate


class UnitsOfWork(DependencyProvider):
    """``unit_of_work = UnitsOfWork(TheServicesUnitOfWork)`` on a service class; see ``unit_of_work.py``."""

    def __init__(self, unit_of_work_class: type[UnitOfWork]) -> None:
        super().__init__()
        self._class = unit_of_work_class

    def get_dependency(self, worker_ctx: Any) -> Any:
        """A factory on behalf of this request's caller."""
        runtime = runtime_of(self.container)
        caller: Caller = worker_ctx.data.get(CALLER_KEY) or ANONYMOUS
        if worker_ctx.entrypoint.__class__ is Timer:
            caller = Caller(kind="service", account_id=runtime.service)
        return runtime.units(self._class, caller)


class ClockDependency(DependencyProvider):
    """``clock = ClockDependency()``: the clock this process lives by."""

    def get_dependency(self, worker_ctx: Any) -> Any:
        """The process's clock."""
        return runtime_of(self.container).clock


class SettingsDependency(DependencyProvider):
    """``settings = SettingsDependency()``: the service's own settings."""

    def get_dependency(self, worker_ctx: Any) -> Any:
        """The process's settings."""
        return runtime_of(self.container).settings
