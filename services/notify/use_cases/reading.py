"""What operators see of the messages."""

from __future__ import annotations

from typing import Any

from services.chassis.errors import NotFound
from services.notify import commands
from services.notify.models import Message, SimulatedMessage
from services.notify.repository import NotifyUnitOfWork
from services.notify.templates import TEMPLATES


def list_messages(query: commands.ListMessages, uow: NotifyUnitOfWork) -> Any:
    """What left the house, newest first; for platform administrators."""
    uow.caller.require_platform()
    return uow.page(
        uow.messages.outgoing(query.status, query.template),
        [(Message.created_at, "desc"), (Message.id, "desc")],
        limit=query.limit,
        cursor=query.cursor,
        scope=f"messages:{query.status}:{query.template}",
    )


def list_templates(_query: commands.ListTemplates, uow: NotifyUnitOfWork) -> dict[str, Any]:
    """Every template; for platform administrators."""
    uow.caller.require_platform()
    return {
        "items": [
            {"key": t.key, "zh": t.zh, "en": t.en, "parameters": sorted(t.parameters), "source": t.source}
            for t in TEMPLATES.values()
        ]
    }


def list_simulated_messages(
    query: commands.ListSimulatedMessages, uow: NotifyUnitOfWork
) -> dict[str, list[SimulatedMessage]]:
    """The simulator's inbox; there is none in production."""
    if uow.settings.production:
        raise NotFound(what="inbox")
    return {"items": list(uow.messages.simulated(query.recipient, query.since, query.limit))}
