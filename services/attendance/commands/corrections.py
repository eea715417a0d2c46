"""Corrections of records."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from services.attendance.commands.disclosure import CorrectedTime
from services.attendance.commands.supplements import EvidenceFile
from services.attendance.domain import Interval


@dataclass(frozen=True, kw_only=True)
class RequestCorrection:
    """The volunteer says when they really served."""

    record_id: str
    starts_at: datetime
    ends_at: datetime
    reason: str
    evidence: list[EvidenceFile] = field(default_factory=list)

    @property
    def time(self) -> Interval:
        """The time asked for."""
        return Interval(self.starts_at, self.ends_at)


@dataclass(frozen=True, kw_only=True)
class WithdrawCorrection:
    """The volunteer does not ask any more."""

    correction_id: str


@dataclass(frozen=True, kw_only=True)
class ListMyCorrections:
    """A page of the corrections of one's own records, newest first."""

    limit: int
    cursor: str | None


@dataclass(frozen=True, kw_only=True)
class ListCorrections:
    """A page of the corrections in an organization and below, oldest first."""

    organization_id: str
    status: str
    limit: int
    cursor: str | None


@dataclass(frozen=True, kw_only=True)
class DecideCorrection:
    """The organizer's decision. Granted without ``corrected``: the time that was asked for."""

    correction_id: str
    grant: bool
    reason: str | None
    corrected: CorrectedTime | None


@dataclass(frozen=True, kw_only=True)
class AmendRecord:
    """A correction that nobody asked for. Without ``corrected``: the minutes are taken back."""

    record_id: str
    reason: str
    corrected: CorrectedTime | None
