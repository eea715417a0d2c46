"""Reports over AMQP: who speaks is whose exchange it came over.

Why this module exists: over HTTP a refusal is the answer; here nobody can be answered. So whatever cannot be taken is
written down where platform administrators see it (``refused_messages.py``), with its bytes, and then it is done with: a
message neither goes round in circles nor gets lost. Only a database that is away keeps it waiting.
"""

from __future__ import annotations

import base64
import uuid
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from typing import Any

from services.card import commands, metrics
from services.card.domain.messages import Outcome
from services.card.partner_exchange import PROBE_TYPE, STATUS_TYPE, VISIT_TYPE, bank_behind
from services.card.repository import CardUnitOfWork
from services.card.schemas.partner import StatusMessage
from services.card.use_cases.bank_reports import Said, read, speaker, take
from services.card.use_cases.visit_reports import read_visit, take_visit
from services.chassis.database import is_outage
from services.chassis.errors import AppError, BadRequest, FieldError, InternalError, Invalid
from services.chassis.logs import get_logger

log = get_logger(__name__)

MAX_BODY = 10_000
"""Bytes of a report, and of a refused message as far as it is kept."""
BODY_CONTEXT = "refused_message.body:{}"
_IDS = uuid.UUID("6a1d9d3e-4a57-4b6f-9a51-6d2f0d2c5b11")


@dataclass(frozen=True)
class Try:
    """What came of trying to take a message; ``refusal``: why it was not taken."""

    outcome: Outcome
    refusal: AppError | None = None


def take_message(message: commands.BankMessage, units: Any) -> Outcome:
    """Take a report, or write down why not; raises only while the database is away."""
    bank = bank_behind(message.exchange) or ""
    units = units.for_caller(speaker(bank))
    if bank and message.type == PROBE_TYPE:
        return _counted(bank, Outcome.PROBE)
    tried = try_to_take(message, units)
    if tried.refusal is not None:
        _refuse(units, bank, message, tried.refusal)
    return _counted(bank, tried.outcome)


def try_to_take(
    message: commands.BankMessage, transaction: Callable[[], AbstractContextManager[CardUnitOfWork]]
) -> Try:
    """What comes of a message now, within one ``transaction`` of the bank's, of which nothing stays if it is refused;
    raises only while the database is away."""
    bank = bank_behind(message.exchange) or ""
    try:
        handle = _read(bank, message)
        with transaction() as uow:
            taken = handle(uow)
    except AppError as refusal:
        return Try(Outcome.REFUSED, refusal)
    except Exception as fault:
        if is_outage(fault):
            raise
        log.error("bank_message_failed", bank=bank, exc_info=True)
        return Try(Outcome.FAILED, InternalError())
    return Try(Outcome.UNKNOWN if taken is None else Outcome.CHANGED if taken["changed"] else Outcome.UNCHANGED)


def _counted(bank: str, outcome: Outcome) -> Outcome:
    metrics.AMQP_REPORTS.labels(bank, outcome).inc()
    return outcome


Taker = Callable[[CardUnitOfWork], dict[str, Any] | None]


def _read(bank: str, message: commands.BankMessage) -> Taker:
    """What is to be done about a message; raises what is wrong with it."""
    if not bank:
        raise BadRequest(why_zh="不是经银行的状态交换机送达。", why_en="It came over no bank's exchange.")
    if message.type not in _READERS:
        known = ", ".join(_READERS)
        raise BadRequest(why_zh=f"消息类型应为以下之一：{known}。", why_en=f"The property type must be one of {known}.")
    if len(message.body) > MAX_BODY:
        raise BadRequest(why_zh=f"消息超过 {MAX_BODY} 字节。", why_en=f"The message has more than {MAX_BODY} bytes.")
    message_id: str = StatusMessage().parse({"message_id": message.message_id})["message_id"]
    return _READERS[message.type](bank, replace(message, message_id=message_id))


def _about_application(bank: str, message: commands.BankMessage) -> Taker:
    report = read(message.body)
    if report.application_no is None:
        raise _required("application_no")
    said = Said(bank, message.message_id, report.application_no, message.body, report, message.received_at)
    return lambda uow: take(uow, said)


def _about_visit(bank: str, message: commands.BankMessage) -> Taker:
    report = read_visit(message.body)
    group_id = report.group_id
    if group_id is None:
        raise _required("group_id")
    return lambda uow: take_visit(
        uow, bank, message.message_id, group_id, message.body, report, received_at=message.received_at
    )


_READERS: dict[str, Callable[[str, commands.BankMessage], Taker]] = {
    STATUS_TYPE: _about_application,
    VISIT_TYPE: _about_visit,
}


def _required(field: str) -> Invalid:
    return Invalid(FieldError(field, "required", "必填", "is required"))


def _refuse(units: Any, bank: str, message: commands.BankMessage, refusal: AppError) -> None:
    """Write it down, once for each (bank, message id, type, content)."""
    kept = base64.b64encode(message.body[:MAX_BODY]).decode()
    message_id, type_ = printable(message.message_id), printable(message.type)
    refused_id = str(uuid.uuid5(_IDS, repr((bank, message.message_id, message.type, kept))))
    with units() as uow:
        uow.reports.refuse(
            id=refused_id,
            bank=bank,
            message_id=message_id,
            type=type_,
            code=refusal.code,
            why=printable(str(refusal)),
            body_sealed=uow.settings.card_cipher.encrypt(kept, BODY_CONTEXT.format(refused_id)),
            whole=(message_id, type_) == (message.message_id, message.type) and len(message.body) <= MAX_BODY,
            received_at=uow.clock.now(),
        )


def printable(text: str) -> str:
    """What PostgreSQL and a browser take: a bank's own words may hold anything."""
    return "".join(character if character.isprintable() else "\ufffd" for character in text)[:500]
