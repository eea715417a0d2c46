"""What operators see of the messages, and developers of the simulators' inbox."""

from __future__ import annotations

from dataclasses import fields
from datetime import timedelta
from typing import Any

from services.chassis.errors import FieldError, Invalid, NotFound
from services.notify import commands
from services.notify.models import Message, SimulatedMessage
from services.notify.repository import NotifyUnitOfWork

_LONGEST_PERIOD = timedelta(days=92)
_SUMS = ("messages", "segments", "cost")


def list_messages(query: commands.ListMessages, uow: NotifyUnitOfWork) -> Any:
    """What left the house, newest first; for platform administrators."""
    uow.caller.require_platform()
    wanted = ":".join(str(getattr(query, field.name)) for field in fields(commands.MessageFilter))
    return uow.page(
        uow.outgoing.that(query),
        [(Message.created_at, "desc"), (Message.id, "desc")],
        limit=query.limit,
        cursor=query.cursor,
        scope=f"messages:{wanted}",
    )


def sum_messages(query: commands.SumMessages, uow: NotifyUnitOfWork) -> dict[str, Any]:
    """What they are and cost, by channel, provider and status; for platform administrators."""
    uow.caller.require_platform()
    if not timedelta() <= query.to_day - query.from_day < _LONGEST_PERIOD:
        raise Invalid(FieldError("to", "bad_period", "起止日期应在 92 天以内", "must be within 92 days from `from` on"))
    items = uow.outgoing.totals(query)
    return {"items": items, **{name: sum(getattr(item, name) for item in items) for name in _SUMS}}


def list_simulated_messages(
    query: commands.ListSimulatedMessages, uow: NotifyUnitOfWork
) -> dict[str, list[SimulatedMessage]]:
    """The simulator's inbox; there is none in production."""
    if uow.settings.production:
        raise NotFound(what="inbox")
    return {"items": list(uow.messages.simulated(query.recipient, query.since, query.limit))}
