"""The queries of delivery: what is due, and what became of it. Each works on a whole batch.

Why this module exists: a hundred thousand invitations go out in minutes, so nothing here is one row at a time. Who
takes messages locks them first; every later change asks for the state it comes from, so that of two that mark a message
the second changes nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, insert

from services.notify.domain import Channel, Patience, Priority, Status, change_status
from services.notify.models import Message, SmsBudget

if TYPE_CHECKING:
    from services.chassis.unit_of_work import UnitOfWork


@dataclass(frozen=True)
class Lane:
    """Messages that wait for each other: those of a channel, codes apart; and how patient they are."""

    channel: Channel
    first: Priority
    last: Priority
    patience: Patience


@dataclass(frozen=True)
class DueMessage:
    """What delivery reads of a message."""

    id: str
    event_id: str
    template: str
    channel: str
    account_id: str | None
    volunteer_id: str | None
    recipient_key: str
    recipient_sealed: str | None
    parameters: Mapping[str, str]
    secrets_sealed: str | None
    organization_id: str | None
    priority: int
    can_wait: bool
    attempts: int
    expires_at: datetime | None
    segments: int | None
    created_at: datetime
    version: int


_UUID: sa.types.TypeEngine[Any] = sa.Uuid(as_uuid=False)
_READ = [getattr(Message, field.name) for field in fields(DueMessage)]


def _table(*columns: tuple[str, sa.types.TypeEngine[Any], list[Any]]) -> Any:
    """Lists as the columns of a table, one parameter each however long they are."""
    arrays = [sa.literal(values, ARRAY(type_)) for _, type_, values in columns]
    named = [sa.column(name, type_) for name, type_, _ in columns]
    return sa.func.unnest(*arrays).table_valued(*named, name="taken").render_derived()


class DueMessages:
    """Messages on their way out."""

    def __init__(self, uow: UnitOfWork) -> None:
        self._uow = uow

    def take(self, lane: Lane, now: datetime, limit: int) -> list[DueMessage]:
        """Lock what is due, the most urgent first; what another replica has locked is passed over."""
        statement = (
            sa.select(*_READ)
            .where(
                Message.status == Status.QUEUED,
                Message.channel == lane.channel,
                Message.priority.between(lane.first, lane.last),
                Message.next_attempt_at <= now,
            )
            .order_by(Message.priority, Message.next_attempt_at)
            .limit(limit)
            .with_for_update(skip_locked=True)
        )
        return self._read(statement)

    def read(self, ids: Sequence[str]) -> list[DueMessage]:
        """These, wherever they stand."""
        return self._read(sa.select(*_READ).where(Message.id.in_(ids)))

    def queue_abandoned(self, before: datetime) -> None:
        """Put back what was taken by somebody who died before marking it."""
        change_status(Status.SENDING, Status.QUEUED)
        abandoned = sa.select(Message.id).where(Message.status == Status.SENDING, Message.next_attempt_at < before)
        self._uow.session.execute(
            sa.update(Message)
            .where(Message.id.in_(abandoned.with_for_update(skip_locked=True)))
            .values(status=Status.QUEUED)
            .execution_options(synchronize_session=False)
        )

    def start_sending(self, ready: Sequence[tuple[str, str, int | None]], now: datetime) -> None:
        """(id, masked recipient, segments): they are somebody's from now on, who has a minute to mark them."""
        if not ready:
            return
        ids, masked, segments = (list(column) for column in zip(*ready, strict=True))
        taken = _table(("id", _UUID, ids), ("masked", sa.String(), masked), ("segments", sa.Integer(), segments))
        self._ids(
            sa.update(Message)
            .where(Message.id == taken.c.id, Message.status == Status.QUEUED)
            .values(
                status=change_status(Status.QUEUED, Status.SENDING),
                next_attempt_at=now,
                recipient_masked=taken.c.masked,
                segments=taken.c.segments,
            )
            .returning(Message.id)
        )

    def hold(self, ids: Sequence[str], until: datetime) -> None:
        """Not before ``until``; that is no failed attempt."""
        self._change(ids, Status.QUEUED, None, next_attempt_at=until)

    def suppress(self, ids: Sequence[str]) -> None:
        """Their readers do not want them."""
        self._change(ids, Status.QUEUED, Status.SUPPRESSED)

    def put_back(self, ids: Sequence[str], now: datetime) -> None:
        """Taken, but not handed over."""
        self._change(ids, Status.SENDING, Status.QUEUED, next_attempt_at=now)

    def try_again(self, ids: Sequence[str], held_by: Status, at: datetime) -> None:
        """Refused, and due again at ``at``."""
        attempted = None if held_by is Status.QUEUED else Status.QUEUED
        self._change(ids, held_by, attempted, next_attempt_at=at, attempts=Message.attempts + 1)

    def give_up(self, ids: Sequence[str], held_by: Status, reason: str) -> list[str]:
        """Refused for good; answers those that nobody had marked before."""
        return self._change(
            ids, held_by, Status.FAILED,
            failure=reason, secrets_sealed=None, attempts=Message.attempts + 1, version=Message.version + 1,
        )  # fmt: skip

    def mark_sent(
        self,
        sent: Sequence[tuple[str, str | None]],
        provider: str,
        cost: Decimal | None,
        shortened: Sequence[str],
        now: datetime,
    ) -> list[str]:
        """A provider has them: (id, the provider's number); answers those that nobody had marked before."""
        ids, numbers = (list(column) for column in zip(*sent, strict=True))
        taken = _table(("id", _UUID, ids), ("number", sa.String(), numbers))
        return self._ids(
            sa.update(Message)
            .where(Message.id == taken.c.id, Message.status == Status.SENDING)
            .values(
                status=change_status(Status.SENDING, Status.SENT),
                provider=provider,
                provider_id=taken.c.number,
                cost=cost,
                shortened=list(shortened),
                sent_at=now,
                secrets_sealed=None,  # a code has no business here once it is out
                version=Message.version + 1,
            )
            .returning(Message.id)
        )

    def _change(self, ids: Sequence[str], current: Status, attempted: Status | None, **values: Any) -> list[str]:
        if not ids:
            return []
        if attempted is not None:
            values["status"] = change_status(current, attempted)
        named = Message.id.in_(ids)
        return self._ids(
            sa.update(Message).where(named, Message.status == current).values(**values).returning(Message.id)
        )

    def _read(self, statement: sa.Select[Any]) -> list[DueMessage]:
        return [DueMessage(**row._mapping) for row in self._uow.session.execute(statement)]

    def _ids(self, statement: Any) -> list[str]:
        return list(self._uow.session.scalars(statement.execution_options(synchronize_session=False)))


class Budgets:
    """What organizations may still send today."""

    def __init__(self, uow: UnitOfWork) -> None:
        self._uow = uow

    def used(self, organization_id: str, day: date) -> int:
        """The segments of the day, locked until this transaction ends."""
        fresh = insert(SmsBudget).values(organization_id=organization_id, day=day, segments=0)
        self._uow.session.execute(fresh.on_conflict_do_nothing())
        row = sa.select(SmsBudget.segments).where(SmsBudget.organization_id == organization_id, SmsBudget.day == day)
        return self._uow.session.scalars(row.with_for_update()).one()

    def use(self, organization_id: str, day: date, segments: int) -> None:
        """Take so many more."""
        self._uow.session.execute(
            sa.update(SmsBudget)
            .where(SmsBudget.organization_id == organization_id, SmsBudget.day == day)
            .values(segments=SmsBudget.segments + segments)
            .execution_options(synchronize_session=False)
        )
