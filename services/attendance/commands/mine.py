"""One's own hours, and the proof of everybody's."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class ListServiceRecords:
    """A page of one's own records, newest first."""

    limit: int
    cursor: str | None


@dataclass(frozen=True, kw_only=True)
class GetServiceSummary:
    """One's own hours and star."""


@dataclass(frozen=True, kw_only=True)
class RecountLedger:
    """Prove the ledger: chains, totals, records."""
