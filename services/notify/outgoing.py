"""The queries of operators: what left the house, what it cost, and one message to be sent again."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from services.chassis.clock import SHANGHAI
from services.notify.commands import MessageFilter
from services.notify.domain import Channel
from services.notify.models import Message

if TYPE_CHECKING:
    from services.chassis.unit_of_work import UnitOfWork

_SAID = ("status", "channel", "template", "provider", "organization_id", "failure")


class OutgoingMessages:
    """Everything but the in-app inbox."""

    def __init__(self, uow: UnitOfWork) -> None:
        self._uow = uow

    def that(self, wanted: MessageFilter) -> sa.Select[Any]:
        """The messages that fit."""
        return sa.select(Message).where(*_conditions(wanted))

    def totals(self, wanted: MessageFilter) -> Sequence[Any]:
        """How many of them, with their segments and cost, by channel, provider and status."""
        kind = (Message.channel, Message.provider, Message.status)
        segments = sa.func.coalesce(sa.func.sum(Message.segments), 0).label("segments")
        cost = sa.func.coalesce(sa.func.sum(Message.cost), 0).label("cost")
        counted = sa.select(*kind, sa.func.count().label("messages"), segments, cost)
        return self._uow.session.execute(counted.where(*_conditions(wanted)).group_by(*kind).order_by(*kind)).all()

    def locked(self, message_id: str) -> Message | None:
        """One of them, so that two who send it again do so once."""
        found: Message | None = self._uow.session.scalar(
            sa.select(Message).where(Message.id == message_id, Message.channel != Channel.INBOX).with_for_update()
        )
        return found

    def sent_again(self, message_id: str) -> Message | None:
        """What was sent in the place of that one: it is what the new one came from, as others come from an event."""
        found: Message | None = self._uow.session.scalar(sa.select(Message).where(Message.event_id == message_id))
        return found


def _conditions(wanted: MessageFilter) -> list[sa.ColumnElement[bool]]:
    """Days are those of Asia/Shanghai, both included."""
    said = {name: getattr(wanted, name) for name in _SAID}
    conditions = [getattr(Message, name) == value for name, value in said.items() if value is not None]
    if wanted.shortened is not None:
        cut = Message.shortened != []
        conditions.append(cut if wanted.shortened else sa.not_(cut))
    if wanted.from_day is not None:
        conditions.append(Message.created_at >= datetime.combine(wanted.from_day, time(), SHANGHAI))
    if wanted.to_day is not None:
        conditions.append(Message.created_at < datetime.combine(wanted.to_day + timedelta(days=1), time(), SHANGHAI))
    return [Message.channel != Channel.INBOX, *conditions]
