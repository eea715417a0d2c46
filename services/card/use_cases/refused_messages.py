"""Messages over AMQP that could not be taken when they came: looked at, and taken again.

Why this module exists: what was refused by a fault of ours, or by a state that has changed since, must not need the
bank to send it again. A message that is tried again passes every check that it would pass if it came now, and a bank's
id counts once whichever way it is said (``bank_reports.py``); only its time stays the one at which it came.
"""

from __future__ import annotations

import base64
from typing import Any

from services.card import commands, metrics
from services.card.domain import Bank
from services.card.domain.messages import MessageState
from services.card.errors import MessageAlreadyTaken, MessageNotWhole
from services.card.models import RefusedMessage
from services.card.partner_exchange import statuses_exchange
from services.card.repository import CardUnitOfWork
from services.card.use_cases.amqp_reports import BODY_CONTEXT, Try, printable, try_to_take
from services.card.use_cases.bank_reports import speaker
from services.chassis.errors import NotFound


def list_refused_messages(query: commands.ListRefusedMessages, uow: CardUnitOfWork) -> dict[str, Any]:
    """What could not be taken when it came, newest first; for platform administrators."""
    uow.caller.require_platform()
    page = uow.page(
        uow.reports.refused(query.state),
        [(RefusedMessage.received_at, "desc"), (RefusedMessage.id, "desc")],
        limit=query.limit,
        cursor=query.cursor,
        scope=f"refused-messages:{query.state}",
    )
    return {"items": [_show(uow, message) for message in page.items], "next_cursor": page.next_cursor}


def retry_refused_message(command: commands.RetryRefusedMessage, uow: CardUnitOfWork) -> dict[str, Any]:
    """Take a message as if it came now, in one transaction with the note of who did it and when; for platform
    administrators.

    If it is refused again, only that is noted. Raises ``MessageAlreadyTaken`` and ``MessageNotWhole``.
    """
    uow.caller.require_platform()
    message = uow.reports.locked_refused(command.refused_id)
    if message is None:
        raise NotFound(what="refused message")
    if message.state == MessageState.TAKEN:
        raise MessageAlreadyTaken(outcome=message.outcome)
    if not message.whole:
        raise MessageNotWhole()
    as_the_bank = speaker(message.bank, uow.caller)
    tried = try_to_take(_as_it_came(uow, message), lambda: uow.part(as_the_bank))
    _note(uow, message, tried)
    return _show(uow, message)


def _note(uow: CardUnitOfWork, message: RefusedMessage, tried: Try) -> None:
    message.state = MessageState.TAKEN if tried.refusal is None else MessageState.REFUSED
    message.tried_at, message.tried_by = uow.clock.now(), uow.caller.require_account()
    message.outcome = tried.outcome.value
    message.tried_code = None if tried.refusal is None else tried.refusal.code
    message.tried_why = None if tried.refusal is None else printable(str(tried.refusal))
    metrics.REFUSED_MESSAGES_RETRIED.labels(message.bank, tried.outcome).inc()
    uow.audit(
        "card.refused_message_retried",
        f"refused_message:{message.id}",
        bank=message.bank,
        outcome=tried.outcome.value,
        code=message.tried_code,
    )


def _as_it_came(uow: CardUnitOfWork, message: RefusedMessage) -> commands.BankMessage:
    return commands.BankMessage(
        exchange=statuses_exchange(Bank(message.bank)) if message.bank else "",
        message_id=message.message_id,
        type=message.type,
        body=_body(uow, message),
        received_at=message.received_at,
    )


def _body(uow: CardUnitOfWork, message: RefusedMessage) -> bytes:
    return base64.b64decode(uow.settings.card_cipher.decrypt(message.body_sealed, BODY_CONTEXT.format(message.id)))


def _show(uow: CardUnitOfWork, message: RefusedMessage) -> dict[str, Any]:
    return {
        "refused_id": message.id,
        "bank": message.bank,
        "message_id": message.message_id,
        "type": message.type,
        "code": message.code,
        "why": message.why,
        "body": _body(uow, message).decode(errors="replace"),
        "whole": message.whole,
        "received_at": message.received_at,
        "state": message.state,
        "last_try": None
        if message.tried_at is None
        else {
            "at": message.tried_at,
            "by": message.tried_by,
            "outcome": message.outcome,
            "code": message.tried_code,
            "why": message.tried_why,
        },
    }
