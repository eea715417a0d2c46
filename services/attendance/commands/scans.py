"""Codes, and the scans of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from services.attendance.domain import Place


@dataclass(frozen=True, kw_only=True)
class ShowCode:
    """The code of a shift to show now."""

    activity_id: str
    shift_id: str
    kind: str


@dataclass(frozen=True, kw_only=True)
class PrintCode:
    """The code of a shift to hang up."""

    activity_id: str
    shift_id: str
    kind: str


@dataclass(frozen=True, kw_only=True)
class ScanCode:
    """A volunteer scanned a code. ``scanned_at`` is what the phone says; the platform's clock counts."""

    token: str
    nonce: str
    scanned_at: datetime | None
    location: Place | None
    device: str | None = None
