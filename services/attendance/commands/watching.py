"""Watching a shift."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class WatchAttendance:
    """The code of a shift, and who has come and gone ``since`` the last look."""

    activity_id: str
    shift_id: str
    kind: str
    since: str | None
