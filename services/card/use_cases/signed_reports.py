"""Reports over HTTP: who speaks is who signed.

Why this module exists: nothing in a callback is believed before its signature is checked, and a bank that reported on a
number it was never given is told so (404) although that is written down: the list is committed before the refusal.
"""

from __future__ import annotations

import base64
import binascii
from typing import Any

from services.card import commands, metrics
from services.card.errors import SignatureRefused, TimestampOutOfTolerance
from services.card.settings import CardSettings
from services.card.use_cases.bank_reports import Said, read, speaker, take
from services.card.webhooks import require_fresh
from services.chassis.errors import BadRequest, FieldError, Invalid, NotFound


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
    report = read(body)
    if report.application_no not in (None, command.application_no):
        raise Invalid(FieldError("application_no", "mismatch", "与地址中的编号不一致", "differs from the address"))
    said = Said(bank, command.webhook_id, command.application_no, body, report)
    with units.for_caller(speaker(bank, units.caller))() as uow:
        taken = take(uow, said)
    if taken is None:
        raise NotFound(what="card application")
    return taken


def _body(command: commands.ReportStatus) -> bytes:
    try:
        return base64.b64decode(command.body_base64, validate=True)
    except binascii.Error:
        raise BadRequest(why_zh="请求体编码不正确。", why_en="The body is not base64.") from None
