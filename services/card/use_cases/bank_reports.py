"""What a bank reports, by whichever way: taken once, and never backwards.

Why this module exists: reports come late, twice and on numbers that nobody knows. The message's id decides whether this
was said before (the same id over HTTP and AMQP is the same message); the state machine whether it changes anything. A
number that this bank was never given is put on a list. Who speaks is decided before: ``signed_reports``,
``amqp_reports``.
"""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson

from services.card import commands, metrics
from services.card.domain import Status, after_report, is_application_number
from services.card.domain.benefits import FIRST_SPEND
from services.card.errors import WebhookIdReused
from services.card.models import CardApplication, UnknownReport
from services.card.repository import CardUnitOfWork
from services.card.schemas.partner import BankReport
from services.card.use_cases.benefits import earn_clothing, start_insurance
from services.card.use_cases.steps import record_step
from services.chassis.context import Caller
from services.chassis.errors import BadRequest, FieldError, Invalid
from services.chassis.ids import new_id


@dataclass(frozen=True)
class Said:
    """A report that was read, with the bytes it was read from. ``received_at``: when it came, if that was not now."""

    bank: str
    message_id: str
    application_no: str
    body: bytes
    report: commands.BankReport
    received_at: datetime | None = None


def speaker(bank: str, caller: Caller | None = None) -> Caller:
    """The bank as a caller, within the request of ``caller``."""
    known = caller or Caller()
    return Caller(kind="bank", account_id=bank, request_id=known.request_id, traceparent=known.traceparent)


def read(body: bytes) -> commands.BankReport:
    """The report in ``body``; raises ``BadRequest`` or ``Invalid``."""
    report: commands.BankReport = BankReport().parse(json_of(body))
    if report.status == Status.REJECTED and not report.reason:
        raise Invalid(FieldError("reason", "required", "未批准须说明理由", "a rejection needs a reason"))
    return report


def json_of(body: bytes) -> Any:
    """What a bank wrote; raises ``BadRequest``."""
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError:
        raise BadRequest(why_zh="请求体不是有效的 JSON。", why_en="The body is not JSON.") from None


def first_of(uow: CardUnitOfWork, bank: str, message_id: str, number: str, body: bytes) -> bool:
    """Whether this was not said before under this id; raises ``WebhookIdReused`` if something else was."""
    content_hash = hashlib.sha256(f"{number}\n".encode() + base64.b64encode(body)).digest()
    former = uow.reports.receive(bank, message_id, content_hash, uow.clock.now())
    if former is not None and former != content_hash:
        raise WebhookIdReused()
    return former is None


def take(uow: CardUnitOfWork, said: Said) -> dict[str, Any] | None:
    """What became of it; None for a number that this bank was never given. Raises ``WebhookIdReused``, and
    ``IllegalTransition`` for a first spend before the activation."""
    bank, number, report = said.bank, said.application_no, said.report
    first = first_of(uow, bank, said.message_id, number, said.body)
    application = uow.applications.locked_by_number(number)
    if application is None or application.bank != bank:
        if first:
            list_unknown(uow, bank, number, report.status, _why_unknown(number, application))
        return None
    current = Status(application.status)
    now = uow.clock.now()
    at = min(report.at or said.received_at or now, now)
    if first and report.status == FIRST_SPEND and earn_clothing(uow, application, at):
        return {"application_no": number, "status": current, "changed": True}
    repeated = not first or report.status == FIRST_SPEND
    status = current if repeated else after_report(current, Status(report.status))
    if status is current:
        metrics.REPORTS_WITHOUT_CHANGE.labels(bank).inc()
        return {"application_no": number, "status": current, "changed": False}
    record_step(uow, application, status, reason=report.reason, at=at)
    if status is Status.ACTIVATED:
        start_insurance(uow, application, at)
    uow.audit("card.status_reported", f"card_application:{application.id}", status=status.value)
    return {"application_no": number, "status": status, "changed": True}


def list_unknown(uow: CardUnitOfWork, bank: str, number: str, status: str, why: str) -> None:
    """Put down that a bank has reported on what it was never given: somebody has to ask it."""
    metrics.UNKNOWN_REPORTS.labels(bank).inc()
    uow.session.add(
        UnknownReport(
            id=new_id(),
            bank=bank,
            application_no=number,
            status=status,
            why=why,
            received_at=uow.clock.now(),
        )
    )


def _why_unknown(number: str, application: CardApplication | None) -> str:
    if application is not None:
        return "other_bank"
    return "unknown" if is_application_number(number) else "bad_check_digits"
