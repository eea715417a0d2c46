"""Hours that volunteers miss in their records."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from services.attendance.commands.disclosure import CorrectedTime
from services.attendance.commands.supplements import EvidenceFile
from services.attendance.domain import Interval


@dataclass(frozen=True, kw_only=True)
class ReportMissingEntry:
    """The volunteer says when they served and who saw it, with files if there are any."""

    activity_id: str
    shift_id: str
    starts_at: datetime
    ends_at: datetime
    note: str
    witness: str | None
    evidence: list[EvidenceFile] = field(default_factory=list)

    @property
    def time(self) -> Interval:
        """The time wanted."""
        return Interval(self.starts_at, self.ends_at)


@dataclass(frozen=True, kw_only=True)
class WithdrawMissingEntry:
    """The volunteer does not ask any more."""

    missing_entry_id: str


@dataclass(frozen=True, kw_only=True)
class ListMyMissingEntries:
    """A page of what one misses oneself, newest first."""

    limit: int
    cursor: str | None


@dataclass(frozen=True, kw_only=True)
class ListMissingEntries:
    """A page of what volunteers miss in an organization and below, oldest first."""

    organization_id: str
    status: str
    limit: int
    cursor: str | None


@dataclass(frozen=True, kw_only=True)
class DecideMissingEntry:
    """The organizer's answer. Confirmed, it becomes a supplement of ``corrected`` or of the time wanted.

    Without ``evidence`` the claim's own files go to the superior.
    """

    missing_entry_id: str
    confirm: bool
    reason: str | None
    corrected: CorrectedTime | None
    evidence: list[EvidenceFile] = field(default_factory=list)
