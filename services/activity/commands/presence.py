"""Who came and who did not."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class AdmitWalkIn:
    """Let in somebody who stands there. ``over_capacity``: even if all places are somebody's."""

    activity_id: str
    shift_id: str
    volunteer_no: str | None
    volunteer_id: str | None
    accompanied_by: str | None
    over_capacity: bool


@dataclass(frozen=True, kw_only=True)
class RecordAbsence:
    """Somebody who was accepted did not come."""

    enrollment_id: str


@dataclass(frozen=True, kw_only=True)
class RevokeAbsence:
    """Somebody who was said to be absent was there."""

    enrollment_id: str
