"""What attendance can be asked, as plain data."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime

from services.attendance.domain import Interval, Place


@dataclass(frozen=True, kw_only=True)
class ShowCode:
    """The code of a shift to show now."""

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


@dataclass(frozen=True, kw_only=True)
class EvidenceFile:
    """What the gateway knows of an uploaded file."""

    upload_id: str
    sha256: str
    content_type: str
    name: str


@dataclass(frozen=True, kw_only=True)
class SubmitSupplement:
    """Hours that could not be scanned, with what proves them."""

    activity_id: str
    volunteer_id: str
    shift_id: str
    starts_at: datetime
    ends_at: datetime
    reason: str
    evidence: list[EvidenceFile]

    @property
    def time(self) -> Interval:
        """The time asked for."""
        return Interval(self.starts_at, self.ends_at)


@dataclass(frozen=True, kw_only=True)
class ListReviews:
    """A page of what waits to be decided (or was), oldest first."""

    kind: str
    status: str
    limit: int
    cursor: str | None


@dataclass(frozen=True, kw_only=True)
class CountReviews:
    """How many supplements the caller may decide."""


@dataclass(frozen=True, kw_only=True)
class DecideReview:
    """A superior's decision."""

    kind: str
    id: str
    approve: bool
    reason: str | None


@dataclass(frozen=True, kw_only=True)
class Decision:
    """One of many decisions."""

    id: str
    approve: bool
    reason: str | None


@dataclass(frozen=True, kw_only=True)
class DecideReviews:
    """Many decisions, each with a result of its own."""

    kind: str
    decisions: list[Decision] = field(default_factory=list)


@dataclass(frozen=True, kw_only=True)
class MaySeeUpload:
    """Whether the caller may see a file that somebody else uploaded."""

    upload_id: str


@dataclass(frozen=True, kw_only=True)
class OpenDisclosure:
    """Disclose an activity's hours now."""

    activity_id: str


@dataclass(frozen=True, kw_only=True)
class ListDisclosures:
    """A page of disclosures, newest first: of an organization and those below it, opened between two days."""

    organization_id: str | None
    from_day: date | None
    to_day: date | None
    limit: int
    cursor: str | None


@dataclass(frozen=True, kw_only=True)
class GetDisclosure:
    """An activity's disclosed hours."""

    activity_id: str
    limit: int
    cursor: str | None


@dataclass(frozen=True, kw_only=True)
class SubmitObjection:
    """Somebody says that disclosed hours are not right."""

    activity_id: str
    record_id: str | None
    text: str
    contact: str


@dataclass(frozen=True, kw_only=True)
class ListObjections:
    """A page of the objections to an activity's hours, oldest first."""

    activity_id: str
    limit: int
    cursor: str | None


@dataclass(frozen=True, kw_only=True)
class CorrectedTime:
    """The time that was really served."""

    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, kw_only=True)
class ResolveObjection:
    """What came of an objection. Upheld without ``corrected``: the record's minutes are taken back."""

    objection_id: str
    upheld: bool
    reason: str
    corrected: CorrectedTime | None


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
