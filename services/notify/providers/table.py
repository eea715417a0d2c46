"""The simulator that development, demonstration and tests read: a table of notify's own.

Why this module exists: ``GET /v1/dev/messages`` shows what people would have got, at once and without a network.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, cast

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from services.notify.domain import Channel, ErrorClass
from services.notify.models import SimulatedMessage
from services.notify.providers.approved import ApprovedTemplates
from services.notify.providers.base import Batch, Recipient, Refused, Taken
from services.notify.templates import TEMPLATES

# Whose openid begins like this does not follow the service account any more.
_LEFT = "left-"


class TableSimulator:
    """Takes everything, once, and keeps it where people can read it; ``units`` opens units of work."""

    name = "simulator"
    batch_limit = 1000

    def __init__(self, channel: Channel, units: Any, approved: ApprovedTemplates | None = None) -> None:
        """``approved``: how long it lets parameters be, to see what a real provider would cut; None: any length."""
        self.channel = channel
        self._units = units
        self._approved = approved

    def send(self, batch: Batch, now: datetime) -> list[Taken | Refused]:
        """Write into the table; the same id again is only counted, as the real ones know their own ids."""
        text, shortened = self._words(batch)
        reached = [to for to in batch.recipients if not self._has_left(to)]
        rows = [
            {
                "id": to.message_id,
                "channel": self.channel,
                "recipient": to.address,
                "text": text,
                "template": batch.template,
                "at": now,
                "shortened": list(shortened),
            }
            for to in reached
        ]
        with self._units() as uow:
            once_more = {"times": SimulatedMessage.times + 1}
            statement = insert(cast(sa.Table, SimulatedMessage.__table__))
            if rows:
                uow.session.execute(statement.on_conflict_do_update(index_elements=["id"], set_=once_more), rows)
        return [
            Refused(to.message_id, ErrorClass.UNREACHABLE, "simulator_not_following")
            if self._has_left(to)
            else Taken(to.message_id, None, shortened)
            for to in batch.recipients
        ]

    def _words(self, batch: Batch) -> tuple[str, tuple[str, ...]]:
        approved = None if self._approved is None else self._approved.of(batch)
        if self._approved is None or approved is None:
            return batch.text, ()
        filled = self._approved.filled(approved, batch)
        if not filled.shortened:
            return batch.text, ()
        words = {approved.parameters[theirs]: said for theirs, said in filled.variables.items()}
        return TEMPLATES[batch.template].said(batch.locale, words), filled.shortened

    def _has_left(self, to: Recipient) -> bool:
        return self.channel is Channel.WECHAT and to.address.startswith(_LEFT)
