"""The daily statement of account between the platform and a bank: its file, and how two of them differ.

Why this module exists: reports get lost, mistyped and forgotten on both sides, and only a comparison of everything
finds it. A statement of a day has every application that was *handed over* on that day (both sides know it: it is the
``time`` of the message), with its number and where it stands now; nothing in it names a person. Both sides write the
same file: CSV, and a manifest with its rows and hash. Plain Python: no database, no clock.
"""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from services.card.domain import Status
from services.chassis.clock import SHANGHAI
from services.chassis.errors import FieldError, Invalid

COLUMNS = ("application_no", "status", "at")
MAX_ROWS = 100_000
# A bank hears of either as a cancellation.
_AS_TOLD = {Status.EXPIRED: Status.CANCELLED}
_STATUSES = frozenset(Status) - {Status.SUBMITTED, Status.EXPIRED}
_FAULTS_SHOWN = 20


class Why(StrEnum):
    """How the two statements differ about an application."""

    MISSING_AT_BANK = "missing_at_bank"
    MISSING_HERE = "missing_here"
    STATUS_DIFFERS = "status_differs"


@dataclass(frozen=True)
class Row:
    """An application and where it stands, since when."""

    application_no: str
    status: str
    at: datetime


@dataclass(frozen=True)
class Difference:
    """One application about which the two do not agree; a side that does not have it says None."""

    application_no: str
    why: Why
    ours: str | None
    theirs: str | None


def told(status: str) -> str:
    """The status as the bank can know it."""
    return _AS_TOLD.get(Status(status), Status(status)).value


def statement(bank: str, day: date, rows: Iterable[Row], made_at: datetime) -> dict[str, Any]:
    """``{manifest, csv}``; ``sha256`` is over the CSV's UTF-8 bytes."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    count = 0
    for row in rows:
        writer.writerow((row.application_no, told(row.status), row.at.astimezone(SHANGHAI).isoformat()))
        count += 1
    content = text.getvalue()
    manifest = {
        "bank": bank,
        "day": day,
        "rows": count,
        "sha256": hashlib.sha256(content.encode()).hexdigest(),
        "made_at": made_at,
    }
    return {"manifest": manifest, "csv": content}


def read_statement(content: str, rows: int, sha256: str) -> dict[str, str]:
    """Status by number; raises :class:`Invalid` for a file that is not what its manifest says, or makes no sense."""
    if hashlib.sha256(content.encode()).hexdigest() != sha256.lower():
        raise Invalid(FieldError("manifest.sha256", "mismatch", "与 csv 内容不符", "is not the hash of csv"))
    lines = csv.reader(io.StringIO(content))
    if tuple(next(lines, ())) != COLUMNS:
        raise Invalid(FieldError("csv.line.1", "bad_header", f"首行应为 {','.join(COLUMNS)}", "is not the header"))
    statuses: dict[str, str] = {}
    faults: list[FieldError] = []
    for number, line in enumerate(lines, 2):
        fault = _fault(line, statuses)
        if fault is not None:
            faults.append(FieldError(f"csv.line.{number}", *fault))
        else:
            statuses[line[0]] = line[1]
    if not faults and len(statuses) != rows:
        faults.append(FieldError("manifest.rows", "mismatch", "与 csv 行数不符", "is not the number of rows"))
    if faults:
        raise Invalid(*faults[:_FAULTS_SHOWN])
    return statuses


def _fault(line: list[str], before: Mapping[str, str]) -> tuple[str, str, str] | None:
    if len(line) != len(COLUMNS):
        return "bad_length", f"应有 {len(COLUMNS)} 列", f"must have {len(COLUMNS)} columns"
    if not line[0].isascii() or not line[0].isalnum() or len(line[0]) > 64:
        return "bad_number", "编号格式不正确", "is no application number"
    if line[0] in before:
        return "repeated", "编号重复", "has a number that came before"
    if line[1] not in _STATUSES:
        return "not_a_choice", "状态不正确", "is no status that a bank knows"
    return None


def differences(ours: Mapping[str, str], theirs: Mapping[str, str]) -> Iterator[Difference]:
    """Where two statements (status by number) differ, by number."""
    for number in sorted(ours.keys() | theirs.keys()):
        here, there = ours.get(number), theirs.get(number)
        if there is None:
            yield Difference(number, Why.MISSING_AT_BANK, here, None)
        elif here is None:
            yield Difference(number, Why.MISSING_HERE, None, there)
        elif here != there:
            yield Difference(number, Why.STATUS_DIFFERS, here, there)
