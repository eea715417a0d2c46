"""Replays of a day, and the daily statements of both sides."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from services.card.commands.reports import Signed
from services.card.domain import Bank


@dataclass(frozen=True, kw_only=True)
class RequestReplay:
    """Everything that ``bank`` was handed on ``day`` is to be handed over again."""

    bank: Bank
    day: date


@dataclass(frozen=True, kw_only=True)
class RequestOwnReplay(Signed):
    """The same, by the bank itself; the day stands in the body."""


@dataclass(frozen=True, kw_only=True)
class ListReplays:
    """A page of replays, newest first."""

    limit: int
    cursor: str | None


@dataclass(frozen=True, kw_only=True)
class ShowStatement:
    """Our statement of a day for a bank."""

    bank: str
    day: date


@dataclass(frozen=True, kw_only=True)
class FetchStatement(Signed):
    """Our statement of a day for the bank that signed."""

    day: date


@dataclass(frozen=True, kw_only=True)
class HandInStatement(Signed):
    """A bank's own statement of a day."""

    day: date


@dataclass(frozen=True, kw_only=True)
class Manifest:
    """What a bank says that its statement holds."""

    bank: str
    day: date
    rows: int
    sha256: str
    made_at: datetime


@dataclass(frozen=True, kw_only=True)
class BankStatement:
    """A statement: manifest and file."""

    manifest: Manifest
    csv: str


@dataclass(frozen=True, kw_only=True)
class ListReconciliations:
    """A page of the statements that banks have handed in, the newest day first."""

    limit: int
    cursor: str | None


@dataclass(frozen=True, kw_only=True)
class ListDifferences:
    """A page of differences, the newest day first; of one bank and day if they are given."""

    bank: str | None
    day: date | None
    limit: int
    cursor: str | None
