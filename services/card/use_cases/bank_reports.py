"""What a bank reports: verified, taken once, and never backwards.

Why this module exists: reports come late, twice and on numbers that nobody knows. The signature decides who speaks; the
``webhook-id`` whether this was said before; the state machine whether it changes anything. A number that this bank was
never given is put on a list, and the bank is told (404): both, so the list is written before the refusal.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from dataclasses import replace
from typing import Any

import orjson

from services.card import commands, metrics
from services.card.domain import Status, after_report, is_application_number
from services.card.errors import SignatureRefused, TimestampOutOfTolerance, WebhookIdReused
from services.card.models import CardApplication, UnknownReport
from services.card.repository import CardUnitOfWork
from services.card.schemas import BankReport
from services.card.settings import CardSettings
from services.card.use_cases.steps import record_step
from services.card.webhooks import require_fresh
from services.chassis.errors import BadRequest, FieldError, Invalid, NotFound
from services.chassis.ids import new_id


def report_status(command: commands.ReportStatus, units: Any, settings: CardSettings) -> dict[str, Any]:
    """Take a signed report; raises ``SignatureRefused``, ``TimestampOutOfTolerance``, ``Invalid``, ``NotFound`` …"""
    body = _body(command)
    try:
        bank = settings.webhook_secrets.signer_of(
            webhook_id=command.webhook_id,
            timestamp=command.webhook_timestamp,
            body=body,
            signatures=command.webhook_signature,
        )
        # the platform's clock, which development can move: a bank there signs with the time that the platform has
        require_fresh(command.webhook_timestamp, units.clock.now(), settings.webhook_tolerance_seconds)
    except (SignatureRefused, TimestampOutOfTolerance) as refusal:
        metrics.SIGNATURES_REFUSED.labels(refusal.code).inc()
        raise
    report = _read(body, command.application_no)
    speaker = replace(units.caller, kind="bank", account_id=bank, volunteer_id=None, roles=())
    with units.for_caller(speaker)() as uow:
        taken = _take(uow, bank, command, report)
    if taken is None:
        raise NotFound(what="card application")
    return taken


def _body(command: commands.ReportStatus) -> bytes:
    try:
        return base64.b64decode(command.body_base64, validate=True)
    except binascii.Error:
        raise BadRequest(why_zh="请求体编码不正确。", why_en="The body is not base64.") from None


def _read(body: bytes, application_no: str) -> commands.BankReport:
    try:
        document = orjson.loads(body)
    except orjson.JSONDecodeError:
        raise BadRequest(why_zh="请求体不是有效的 JSON。", why_en="The body is not JSON.") from None
    report: commands.BankReport = BankReport().parse(document)
    faults = []
    if report.application_no not in (None, application_no):
        faults.append(FieldError("application_no", "mismatch", "与地址中的编号不一致", "differs from the address"))
    if report.status == Status.REJECTED and not report.reason:
        faults.append(FieldError("reason", "required", "未批准须说明理由", "a rejection needs a reason"))
    if faults:
        raise Invalid(*faults)
    return report


def _take(
    uow: CardUnitOfWork, bank: str, command: commands.ReportStatus, report: commands.BankReport
) -> dict[str, Any] | None:
    """What became of it; None for a number that this bank was never given."""
    number = command.application_no
    content_hash = hashlib.sha256(f"{number}\n{command.body_base64}".encode()).digest()
    first = uow.reports.receive(bank, command.webhook_id, content_hash, uow.clock.now())
    if first is not None and first != content_hash:
        raise WebhookIdReused()
    application = uow.applications.locked_by_number(number)
    if application is None or application.bank != bank:
        if first is None:
            _list_unknown(uow, bank, report, number, _why_unknown(number, application))
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


def _list_unknown(uow: CardUnitOfWork, bank: str, report: commands.BankReport, number: str, why: str) -> None:
    metrics.UNKNOWN_REPORTS.labels(bank).inc()
    uow.session.add(
        UnknownReport(
            id=new_id(),
            bank=bank,
            application_no=number,
            status=report.status,
            why=why,
            received_at=uow.clock.now(),
        )
    )


def _why_unknown(number: str, application: CardApplication | None) -> str:
    if application is not None:
        return "other_bank"
    return "unknown" if is_application_number(number) else "bad_check_digits"
