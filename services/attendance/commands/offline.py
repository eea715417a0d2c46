"""Scans that are handed in later, and what organizers decide about them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from services.attendance.domain import Place


@dataclass(frozen=True, kw_only=True)
class KeptScan:
    """A scan as a phone kept it. ``scanned_at`` is by the phone's clock."""

    token: str
    nonce: str
    scanned_at: datetime
    location: Place | None
    device: str | None = None


@dataclass(frozen=True, kw_only=True)
class UploadScans:
    """What a phone kept while it had no network."""

    scans: list[KeptScan] = field(default_factory=list)


@dataclass(frozen=True, kw_only=True)
class ListScanConflicts:
    """A page of an activity's scans that somebody has to decide about, or has; oldest first."""

    activity_id: str
    status: str
    limit: int
    cursor: str | None


@dataclass(frozen=True, kw_only=True)
class ResolveScanConflict:
    """What the organizer decided about a scan."""

    conflict_id: str
    accept: bool
    reason: str
