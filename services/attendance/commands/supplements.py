"""Supplements and their review."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from services.attendance.domain import Interval


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
    """How many of each kind of reviews the caller may decide, and since when the oldest waits."""


@dataclass(frozen=True, kw_only=True)
class DecideReview:
    """A superior's decision."""

    kind: str
    id: str
    approve: bool
    reason: str | None
    reason_code: str | None = None


@dataclass(frozen=True, kw_only=True)
class Decision:
    """One of many decisions."""

    id: str
    approve: bool
    reason: str | None
    reason_code: str | None = None


@dataclass(frozen=True, kw_only=True)
class DecideReviews:
    """Many decisions, each with a result of its own."""

    kind: str
    decisions: list[Decision] = field(default_factory=list)


@dataclass(frozen=True, kw_only=True)
class ListReviewReasons:
    """The reasons that a superior may choose from."""

    kind: str


@dataclass(frozen=True, kw_only=True)
class ReviewHistory:
    """What was decided so far about hours of a volunteer at a shift, or about those of a record."""

    kind: str
    id: str


@dataclass(frozen=True, kw_only=True)
class MaySeeUpload:
    """Whether the caller may see a file that somebody else uploaded."""

    upload_id: str
