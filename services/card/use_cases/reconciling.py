"""The daily reconciliation: our statement for a bank, the bank's own, and what differs.

Why this module exists: a report that never arrived leaves no trace but a difference (``services/card/statements.py``).
Theirs is compared with where we stand at this moment; a later statement of the same day takes the place of the earlier
one, so what has been put right disappears from the list when the bank hands in anew.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

import orjson

from services.card import commands, metrics
from services.card.models import Reconciliation, ReconciliationDifference
from services.card.repository import CardUnitOfWork
from services.card.schemas.exchange import BankStatement
from services.card.settings import CardSettings
from services.card.signatures import require_signer, signed_bytes
from services.card.statements import differences, read_statement, statement, told
from services.card.use_cases.bank_reports import speaker
from services.chassis.errors import BadRequest, FieldError, Invalid

SHOWN = 100
"""So many differences stand in the answer to a bank; all of them are in the administrators' list."""


def show_statement(query: commands.ShowStatement, uow: CardUnitOfWork) -> dict[str, Any]:
    """Our statement for any bank; for platform administrators."""
    uow.caller.require_platform()
    return statement(query.bank, query.day, uow.reconciliations.rows_of(query.bank, query.day), uow.clock.now())


def fetch_statement(query: commands.FetchStatement, units: Any, settings: CardSettings) -> dict[str, Any]:
    """Our statement for the bank that signed."""
    bank = require_signer(query, units.clock.now(), settings)
    with units.reading() as uow:
        return statement(bank, query.day, uow.reconciliations.rows_of(bank, query.day), uow.clock.now())


def hand_in_statement(command: commands.HandInStatement, units: Any, settings: CardSettings) -> dict[str, Any]:
    """A bank's own statement, signed; answers what differs, the first of it by name."""
    bank = require_signer(command, units.clock.now(), settings)
    given = _read(signed_bytes(command))
    if (given.manifest.bank, given.manifest.day) != (bank, command.day):
        fault = FieldError("manifest", "mismatch", "银行或日期与请求不一致", "has another bank or day than the request")
        raise Invalid(fault)
    theirs = read_statement(given.csv, given.manifest.rows, given.manifest.sha256)
    with units.for_caller(speaker(bank, units.caller))() as uow:
        ours = {row.application_no: told(row.status) for row in uow.reconciliations.rows_of(bank, command.day)}
        found = list(differences(ours, theirs))
        reconciliation_id = uow.reconciliations.replace(
            bank=bank,
            day=command.day,
            rows=given.manifest.rows,
            sha256=given.manifest.sha256,
            made_at=given.manifest.made_at,
            received_at=uow.clock.now(),
        )
        uow.reconciliations.add_differences(reconciliation_id, bank, command.day, found)
        uow.audit(
            "card.reconciled",
            f"reconciliation:{bank}:{command.day.isoformat()}",
            rows=given.manifest.rows,
            differences=len(found),
        )
    metrics.RECONCILIATIONS.labels(bank, "different" if found else "equal").inc()
    for why, count in Counter(one.why for one in found).items():
        metrics.RECONCILIATION_DIFFERENCES.labels(bank, why.value).inc(count)
    return {
        "bank": bank,
        "day": command.day,
        "rows": given.manifest.rows,
        "differences": len(found),
        "items": found[:SHOWN],
    }


def _read(body: bytes) -> commands.BankStatement:
    try:
        document = orjson.loads(body)
    except orjson.JSONDecodeError:
        raise BadRequest(why_zh="请求体不是有效的 JSON。", why_en="The body is not JSON.") from None
    given: commands.BankStatement = BankStatement().parse(document)
    return given


def list_reconciliations(query: commands.ListReconciliations, uow: CardUnitOfWork) -> dict[str, Any]:
    """Which statements banks have handed in, the newest day first; for platform administrators."""
    uow.caller.require_platform()
    page = uow.page(
        uow.reconciliations.all(),
        [(Reconciliation.day, "desc"), (Reconciliation.id, "desc")],
        limit=query.limit,
        cursor=query.cursor,
        scope="reconciliations",
    )
    return {"items": page.items, "next_cursor": page.next_cursor}


def list_differences(query: commands.ListDifferences, uow: CardUnitOfWork) -> dict[str, Any]:
    """About which applications banks say something else than we do; for platform administrators."""
    uow.caller.require_platform()
    found = uow.reconciliations.differences()
    if query.bank is not None:
        found = found.where(ReconciliationDifference.bank == query.bank)
    if query.day is not None:
        found = found.where(ReconciliationDifference.day == query.day)
    page = uow.page(
        found,
        [(ReconciliationDifference.day, "desc"), ReconciliationDifference.application_no, ReconciliationDifference.id],
        limit=query.limit,
        cursor=query.cursor,
        scope=f"reconciliation-differences:{query.bank}:{query.day}",
    )
    return {"items": page.items, "next_cursor": page.next_cursor}
