"""Objections to disclosed hours, in the inbox of whoever resolves them (docs/adr/0047)."""

from __future__ import annotations

from typing import Any

from services.attendance.models import ActivityCopy, Objection
from services.attendance.repository import AttendanceUnitOfWork
from services.attendance.repository.waiting import Waiting
from services.attendance.use_cases.objecting import RESOLVERS
from services.attendance.use_cases.oneself import record_of_somebody_else

KIND = "objections"


def count_waiting(uow: AttendanceUnitOfWork) -> Waiting:
    """How many wait for the caller."""
    return uow.objections.waiting(*_mine_to_decide(uow))


def _mine_to_decide(uow: AttendanceUnitOfWork) -> list[Any]:
    return [
        uow.organizations.reachable(ActivityCopy.organization_id, *RESOLVERS),
        Objection.account_id.is_distinct_from(uow.caller.require_account()),
        record_of_somebody_else(uow, Objection.record_id),
    ]
