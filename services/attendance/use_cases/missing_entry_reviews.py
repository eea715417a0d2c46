"""Hours that volunteers miss, in the inbox of whoever answers for them (docs/adr/0047)."""

from __future__ import annotations

from typing import Any

from services.attendance.models import ActivityCopy, MissingEntry
from services.attendance.repository import AttendanceUnitOfWork
from services.attendance.repository.waiting import Waiting
from services.attendance.use_cases.oneself import about_somebody_else
from services.attendance.use_cases.scanning import ROLES

KIND = "missing_entries"


def count_waiting(uow: AttendanceUnitOfWork) -> Waiting:
    """How many wait for the caller."""
    return uow.missing_entries.waiting(*_mine_to_decide(uow))


def _mine_to_decide(uow: AttendanceUnitOfWork) -> list[Any]:
    return [
        uow.organizations.reachable(ActivityCopy.organization_id, *ROLES),
        about_somebody_else(uow, MissingEntry.volunteer_id),
    ]
