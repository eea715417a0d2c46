"""Reports over HTTP: who speaks is who signed.

Why this module exists: nothing in a callback is believed before its signature is checked, and a bank that reported on a
number it was never given is told so (404) although that is written down: the list is committed before the refusal.
"""

from __future__ import annotations

from typing import Any

from services.card import commands
from services.card.settings import CardSettings
from services.card.signatures import require_signer, signed_bytes
from services.card.use_cases.bank_reports import Said, read, speaker, take
from services.chassis.errors import FieldError, Invalid, NotFound


def report_status(command: commands.ReportStatus, units: Any, settings: CardSettings) -> dict[str, Any]:
    """Take a signed report; raises ``SignatureRefused``, ``TimestampOutOfTolerance``, ``Invalid``, ``NotFound`` …"""
    bank = require_signer(command, units.clock.now(), settings)
    body = signed_bytes(command)
    report = read(body)
    if report.application_no not in (None, command.application_no):
        raise Invalid(FieldError("application_no", "mismatch", "与地址中的编号不一致", "differs from the address"))
    said = Said(bank, command.webhook_id, command.application_no, body, report)
    with units.for_caller(speaker(bank, units.caller))() as uow:
        taken = take(uow, said)
    if taken is None:
        raise NotFound(what="card application")
    return taken
