"""Corrections that volunteers asked for, in the inbox of whoever decides about them (docs/adr/0047)."""

from __future__ import annotations

from typing import Any

from services.attendance.models import ActivityCopy, Correction
from services.attendance.repository import AttendanceUnitOfWork
from services.attendance.repository.waiting import Waiting
from services.attendance.use_cases.oneself import about_somebody_else
from services.attendance.use_cases.scanning import ROLES

KIND = "corrections"


def count_waiting(uow: AttendanceUnitOfWork) -> Waiting:
    """How many wait for the caller."""
    return uow.corrections.waiting(*_mine_to_decide(uow))


def _mine_to_decide(uow: AttendanceUnitOfWork) -> list[Any]:
    return [
        uow.organizations.reachable(ActivityCopy.organization_id, *ROLES),
        about_somebody_else(uow, Correction.volunteer_id),
    ]
