"""Records without a sign-out after the time for it, and the sign-outs that organizers enter."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, kw_only=True)
class ListOpenRecords:
    """A page of what was left open in an organization and below, oldest first; of one activity if named."""

    organization_id: str
    activity_id: str | None
    limit: int
    cursor: str | None


@dataclass(frozen=True, kw_only=True)
class EnterSignOut:
    """When somebody really left, as the organizer says."""

    record_id: str
    signed_out_at: datetime
    reason: str


@dataclass(frozen=True, kw_only=True)
class EnterSignOuts:
    """The same moment for many at one activity, each with a result of its own."""

    activity_id: str
    signed_out_at: datetime
    reason: str
    record_ids: list[str] = field(default_factory=list)
