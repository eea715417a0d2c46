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
from typing import Any

import orjson

from services.card import commands, metrics
from services.card.domain import Status, after_report, is_application_number
from services.card.errors import WebhookIdReused
from services.card.models import CardApplication, UnknownReport
from services.card.repository import CardUnitOfWork
from services.card.schemas.partner import BankReport
from services.card.use_cases.steps import record_step
from services.chassis.context import Caller
from services.chassis.errors import BadRequest, FieldError, Invalid
from services.chassis.ids import new_id


@dataclass(frozen=True)
class Said:
    """A report that was read, with the bytes it was read from."""

    bank: str
    message_id: str
    application_no: str
    body: bytes
    report: commands.BankReport


def speaker(bank: str, caller: Caller | None = None) -> Caller:
    """The bank as a caller, within the request of ``caller``."""
    known = caller or Caller()
    return Caller(kind="bank", account_id=bank, request_id=known.request_id, traceparent=known.traceparent)


def read(body: bytes) -> commands.BankReport:
    """The report in ``body``; raises ``BadRequest`` or ``Invalid``."""
    try:
        document = orjson.loads(body)
    except orjson.JSONDecodeError:
        raise BadRequest(why_zh="请求体不是有效的 JSON。", why_en="The body is not JSON.") from None
    report: commands.BankReport = BankReport().parse(document)
    if report.status == Status.REJECTED and not report.reason:
        raise Invalid(FieldError("reason", "required", "未批准须说明理由", "a rejection needs a reason"))
    return report


def take(uow: CardUnitOfWork, said: Said) -> dict[str, Any] | None:
    """What became of it; None for a number that this bank was never given. Raises ``WebhookIdReused``."""
    bank, number, report = said.bank, said.application_no, said.report
    content_hash = hashlib.sha256(f"{number}\n".encode() + base64.b64encode(said.body)).digest()
    first = uow.reports.receive(bank, said.message_id, content_hash, uow.clock.now())
    if first is not None and first != content_hash:
        raise WebhookIdReused()
    application = uow.applications.locked_by_number(number)
    if application is None or application.bank != bank:
        if first is None:
            _list_unknown(uow, said, _why_unknown(number, application))
        return None
    current = Status(application.status)
    status = after_report(current, Status(report.status)) if first is None else current
    if status is current:
        metrics.REPORTS_WITHOUT_CHANGE.labels(bank).inc()
        return {"application_no": number, "status": current, "changed": False}
    now = uow.clock.now()
    record_step(uow, application, status, reason=report.reason, at=min(report.at or now, now))
    uow.audit("card.status_reported", f"card_application:{application.id}", status=status.value)
    return {"application_no": number, "status": status, "changed": True}


def _list_unknown(uow: CardUnitOfWork, said: Said, why: str) -> None:
    metrics.UNKNOWN_REPORTS.labels(said.bank).inc()
    uow.session.add(
        UnknownReport(
            id=new_id(),
            bank=said.bank,
            application_no=said.application_no,
            status=said.report.status,
            why=why,
            received_at=uow.clock.now(),
        )
    )


def _why_unknown(number: str, application: CardApplication | None) -> str:
    if application is not None:
        return "other_bank"
    return "unknown" if is_application_number(number) else "bad_check_digits"
