"""What is handed to a bank, and the record that it was.

Why this module exists: replays and the daily statement rest on knowing which message went to whom and when, and the law
wants a record of what was provided kept for three years (PIPL 55, 56). The record holds no content: the outbox holds
that for days, and a replay seals anew, under the key that the bank has then.
"""

from __future__ import annotations

import base64
from datetime import timedelta
from typing import Any

import orjson

from services.card.models import HandOver
from services.card.partner_exchange import APPLICATIONS_EXCHANGE
from services.card.repository import CardUnitOfWork
from services.chassis.clock import local_day
from services.chassis.ids import new_id


def hand_to_bank(
    uow: CardUnitOfWork,
    *,
    bank: str,
    type: str,
    application_id: str | None = None,
    group_id: str | None = None,
    **content: Any,
) -> None:
    """A message on the bank's queue, and its record. What names a person goes into ``jwe``, and nowhere else."""
    now = uow.clock.now()
    record = HandOver(
        id=new_id(),
        bank=bank,
        type=type,
        application_id=application_id,
        group_id=group_id,
        day=local_day(now),
        handed_at=now,
        last_at=now,
        times=1,
        key_id=_key_of(content),
    )
    uow.session.add(record)
    _send(uow, record, content)


def hand_over_again(uow: CardUnitOfWork, record: HandOver, **content: Any) -> None:
    """The same message once more: same id, same time; ``jwe`` may stand under another key."""
    record.last_at = uow.clock.now()
    record.times += 1
    record.key_id = _key_of(content)
    record.next_attempt_at = None
    _send(uow, record, content)


def forget_old_hand_overs(uow: CardUnitOfWork) -> None:
    """Records are kept for as long as those of consents, counted from the last time."""
    uow.handovers.delete_before(uow.clock.now() - timedelta(days=uow.settings.records_kept_days))


def _send(uow: CardUnitOfWork, record: HandOver, content: dict[str, Any]) -> None:
    document = {
        "id": record.id,
        "type": record.type,
        "bank": record.bank,
        "time": record.handed_at.isoformat(),
        **({} if record.group_id is None else {"group_id": record.group_id}),
        **content,
    }
    uow.hand_to_partner(
        document,
        exchange=APPLICATIONS_EXCHANGE,
        routing_key=record.bank,
        # an aggregate of its own: when the banks' vhost is away, the platform's own events still go out
        aggregate=f"partner:{record.application_id or record.group_id}",
    )


def _key_of(content: dict[str, Any]) -> str | None:
    """The id of the key that a compact JWE says it is sealed for."""
    if "jwe" not in content:
        return None
    header = content["jwe"].partition(".")[0]
    try:
        return str(orjson.loads(base64.urlsafe_b64decode(header + "=" * (-len(header) % 4)))["kid"])
    except (ValueError, KeyError):
        return None
