"""Activities with their shifts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Self

from services.activity.commands.series import Repeat
from services.activity.domain.enrolling import Requirements
from services.activity.domain.places import Circle


@dataclass(frozen=True, kw_only=True)
class Location:
    """A point (WGS 84). ``fence_metres``: scans must come from within it."""

    latitude: float
    longitude: float
    fence_metres: int | None = None


@dataclass(frozen=True, kw_only=True)
class ShiftInput:
    """A shift; with ``shift_id`` the one that is there already."""

    starts_at: datetime
    ends_at: datetime
    capacity: int
    role: str | None = None
    shift_id: str | None = None


@dataclass(frozen=True, kw_only=True)
class CreateActivity:
    """A new draft; what is missing must be there when it is published."""

    organization_id: str
    title: str
    category: str
    description: str
    region: str
    address: str
    location: Location | None
    enroll_by: datetime | None
    contact: str
    insurance_note: str
    risk_note: str
    requirements: Requirements
    approval: str
    static_codes_allowed: bool
    shifts: list[ShiftInput]
    repeat: Repeat | None


@dataclass(frozen=True, kw_only=True)
class EditActivity:
    """New values for some fields of an activity; ``shifts`` are given all or not at all."""

    activity_id: str
    scope: str
    changes: Mapping[str, Any]

    @classmethod
    def of(cls, *, activity_id: str, scope: str, **changes: Any) -> Self:
        """From the fields that were sent."""
        return cls(activity_id=activity_id, scope=scope, changes=changes)


@dataclass(frozen=True, kw_only=True)
class PublishActivity:
    """Let volunteers find a draft."""

    activity_id: str
    scope: str


@dataclass(frozen=True, kw_only=True)
class RevokeActivity:
    """Call a published activity off, for good."""

    activity_id: str
    scope: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class CopyActivity:
    """A new draft with the same content; ``starts_on`` moves it, shifts and all, to that day."""

    activity_id: str
    starts_on: date | None


@dataclass(frozen=True, kw_only=True)
class GetActivity:
    """One activity."""

    activity_id: str


@dataclass(frozen=True, kw_only=True)
class SearchActivities:
    """A page of activities. Without days: those that have not ended. ``fits_me``: only what the caller can do."""

    q: str | None
    region: str | None
    category: str | None
    from_day: date | None
    to_day: date | None
    near: Circle | None
    open: bool | None
    fits_me: bool
    organization_id: str | None
    status: str
    sort: str
    limit: int
    cursor: str | None
