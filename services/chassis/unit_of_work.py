"""One transaction, and all that may happen in it: rows, events, audit entries, and who is asking.

Why this module exists: state, the event that tells of it and the proof of who did it must be saved together or not at
all. A use case gets a unit of work and nothing else to touch the world with. Services subclass it in ``repository.py``
to hang their repositories on it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from functools import lru_cache
from typing import Any, Generic, Self, TypeVar

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from services.chassis import audit, pagination
from services.chassis.audit_head import SIGNER
from services.chassis.clock import Clock
from services.chassis.context import Caller
from services.chassis.crypto import Signer
from services.chassis.events import Event, envelope
from services.chassis.settings import DatabaseSettings
from services.chassis.tables import OUTBOX
from services.chassis.tracing import child_of

_open_transactions: ContextVar[int] = ContextVar("open_transactions", default=0)


class UnitOfWork:
    """What one request or event may do to its service's database."""

    def __init__(
        self, session: Session, *, caller: Caller, clock: Clock, settings: DatabaseSettings, cursors: Signer
    ) -> None:
        self.session = session
        self.caller = caller
        self.clock = clock
        self.settings: Any = settings
        self._cursors = cursors
        session.info[SIGNER] = cursors

    def publish(self, event: Event, *, version: int) -> str:
        """Save ``event`` with the state it tells of; the relay takes it from there. Answers the event's id.

        ``version`` is the aggregate's version after this change: consumers ignore what is older than what they have.
        """
        return self._publish(event, version, {})

    def restate(self, event: Event, *, version: int) -> str:
        """Publish again what was told before, marked ``restated``: for copies, and no news (``dev republish``)."""
        return self._publish(event, version, {"restated": True})

    def publish_many(self, events: Sequence[tuple[Event, int]]) -> None:
        """As :meth:`publish` for each event and version, in this order, with one statement: for thousands of them."""
        if events:
            rows = [self._outbox_row(event, version, {}) for event, version in events]
            self.session.flush()
            self.session.execute(sa.insert(OUTBOX), rows)

    def _publish(self, event: Event, version: int, mark: dict[str, Any]) -> str:
        row = self._outbox_row(event, version, mark)
        self.session.flush()
        self.session.execute(sa.insert(OUTBOX).values(**row))
        return str(row["event_id"])

    def _outbox_row(self, event: Event, version: int, mark: dict[str, Any]) -> dict[str, Any]:
        document = envelope(
            event, version=version, time=self.clock.now(), traceparent=child_of(self.caller.traceparent)
        )
        return {
            "event_id": document["id"],
            "body": document | mark,
            "destination": "events",
            "exchange": event.exchange(),
            "routing_key": event.wire_type(),
            "aggregate": f"{event.type.split('.')[0]}:{event.subject}",
            "mandatory": event.mandatory,
        }

    def hand_to_partner(self, document: dict[str, Any], *, exchange: str, routing_key: str, aggregate: str) -> None:
        """Save a document for the partner vhost. ``document["id"]`` is its message id: one that was handed over before
        goes out again."""
        self.session.flush()
        row = insert(OUTBOX).values(
            event_id=document["id"],
            body=document,
            destination="partner",
            exchange=exchange,
            routing_key=routing_key,
            aggregate=aggregate,
            mandatory=True,
        )
        again = {"body": row.excluded.body, "sent_at": None, "next_attempt_at": None}
        self.session.execute(row.on_conflict_do_update(index_elements=["event_id"], set_=again))

    @contextmanager
    def part(self, caller: Caller) -> Iterator[Self]:
        """A part of this transaction on behalf of ``caller``: if it raises, it is undone, and the rest can go on."""
        with self.session.begin_nested():
            yield type(self)(
                self.session, caller=caller, clock=self.clock, settings=self.settings, cursors=self._cursors
            )

    def audit(self, action: str, subject: str, **details: Any) -> None:
        """Append to the audit log: who did what to which thing. ``details`` hold no personal data."""
        kind, _, actor = self.caller.label.partition(":")
        audit.append(
            self.session,
            audit.AuditEntry(
                at=self.clock.now(),
                actor_kind=kind,
                actor_id=actor,
                action=action,
                subject=subject,
                details=details,
                request_id=self.caller.request_id,
            ),
        )

    def page(
        self,
        statement: sa.Select[Any],
        keys: Sequence[Any],
        *,
        limit: int,
        cursor: str | None,
        scope: str,
    ) -> pagination.PageResult[Any]:
        """One keyset page of ``statement``; ``scope`` names the list, so that its cursors fit no other."""
        page = pagination.Page(limit, cursor)
        return pagination.keyset_page(self.session, statement, keys, page, self._cursors, scope)

    def first_full_page(
        self,
        attempts: Callable[[pagination.After], Iterable[pagination.Attempt]],
        keys: Sequence[Any],
        *,
        limit: int,
        cursor: str | None,
        scope: str,
    ) -> pagination.PageResult[Any]:
        """As :meth:`page`, by the first of several statements that fills it (``pagination.first_full_page``)."""
        return pagination.first_full_page(
            self.session, attempts, keys, pagination.Page(limit, cursor), self._cursors, scope
        )


U_co = TypeVar("U_co", bound=UnitOfWork, covariant=True)


class UnitOfWorkFactory(Generic[U_co]):
    """Opens units of work for one caller: ``with self.unit_of_work() as uow: …`` commits, or rolls back."""

    def __init__(
        self,
        unit_of_work_class: type[U_co],
        engine: sa.Engine,
        *,
        caller: Caller,
        clock: Clock,
        settings: DatabaseSettings,
        cursors: Signer,
    ) -> None:
        self._class = unit_of_work_class
        self._engine = engine
        self.caller = caller
        self.clock = clock
        self._settings = settings
        self._cursors = cursors

    def __call__(self) -> Any:
        """A unit of work that commits at the end of its ``with`` block."""
        return self._open(self._engine)

    def reading(self) -> Any:
        """A unit of work in a READ ONLY transaction."""
        return self._open(_read_only(self._engine))

    def for_caller(self, caller: Caller) -> UnitOfWorkFactory[U_co]:
        """The same factory on behalf of somebody else (a timer, an event)."""
        return UnitOfWorkFactory(
            self._class,
            self._engine,
            caller=caller,
            clock=self.clock,
            settings=self._settings,
            cursors=self._cursors,
        )

    @contextmanager
    def _open(self, engine: sa.Engine) -> Iterator[U_co]:
        with Session(engine, expire_on_commit=False) as session:
            token = _open_transactions.set(_open_transactions.get() + 1)
            try:
                yield self._class(
                    session,
                    caller=self.caller,
                    clock=self.clock,
                    settings=self._settings,
                    cursors=self._cursors,
                )
                if session.in_transaction():  # what touched no row has nothing to commit
                    session.commit()
            finally:
                _open_transactions.reset(token)


@lru_cache(maxsize=16)
def _read_only(engine: sa.Engine) -> sa.Engine:
    """The same pool, for READ ONLY transactions; made once, because making it costs more than a small query."""
    return engine.execution_options(postgresql_readonly=True)


def in_transaction() -> bool:
    """Whether this request holds a transaction open; the RPC client refuses to wait inside one."""
    return _open_transactions.get() > 0


UnitOfWorkOpener = Callable[[], Any]
