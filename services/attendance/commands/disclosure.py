"""Disclosures and objections."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from services.attendance.domain import Interval


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

    @property
    def time(self) -> Interval:
        """The same as an interval."""
        return Interval(self.starts_at, self.ends_at)


@dataclass(frozen=True, kw_only=True)
class ResolveObjection:
    """What came of an objection. Upheld without ``corrected``: the record's minutes are taken back."""

    objection_id: str
    upheld: bool
    reason: str
    corrected: CorrectedTime | None
