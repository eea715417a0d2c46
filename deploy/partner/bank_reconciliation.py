"""The daily statement, the bank's side: make it of the store, hand it in, fetch and check the platform's.

A statement of a day has every application that was handed over on that day (the ``time`` of its message, in Shanghai),
with its number and where it stands. No name, no certificate, no telephone number: see README.md, "Reconciliation".
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

from . import bank_reports
from .bank_store import Store

COLUMNS = ("application_no", "status", "at")
_SHANGHAI = timezone(timedelta(hours=8))


def statement(bank: str, day: str, store: Store) -> dict[str, Any]:
    """``{manifest, csv}`` of ``day`` (``2026-03-02``)."""
    now = datetime.now(UTC).isoformat(timespec="seconds")
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    rows = 0
    for number, handed_at, status in store.applications():
        if datetime.fromisoformat(handed_at).astimezone(_SHANGHAI).date().isoformat() == day:
            writer.writerow((number, status, now))
            rows += 1
    content = text.getvalue()
    digest = hashlib.sha256(content.encode()).hexdigest()
    return {"manifest": {"bank": bank, "day": day, "rows": rows, "sha256": digest, "made_at": now}, "csv": content}


def hand_in(base_url: str, secret: str, ours: dict[str, Any], **how: Any) -> dict[str, Any]:
    """``{bank, day, rows, differences, items}``: what the platform has otherwise, empty if nothing."""
    url = bank_reports.address(base_url, f"/partner/card/reconciliations/{ours['manifest']['day']}")
    return bank_reports.call("POST", url, secret, json.dumps(ours).encode(), **how)


def fetch(base_url: str, secret: str, day: str, **how: Any) -> dict[str, Any]:
    """The platform's own statement of ``day``; raises ``ValueError`` if it is not what its manifest says."""
    url = bank_reports.address(base_url, f"/partner/card/reconciliations/{day}")
    theirs = bank_reports.call("GET", url, secret, **how)
    if hashlib.sha256(theirs["csv"].encode()).hexdigest() != theirs["manifest"]["sha256"]:
        raise ValueError("the statement is not what its manifest says")
    return theirs
