"""Appeals, in the inbox of whoever stands above those who resolved the objections (docs/adr/0047)."""

from __future__ import annotations

from typing import Any

from services.attendance.models import Appeal, Objection
from services.attendance.repository import AttendanceUnitOfWork
from services.attendance.repository.appeals import resolved_in
from services.attendance.repository.waiting import Waiting
from services.attendance.use_cases.objecting import RESOLVERS
from services.attendance.use_cases.oneself import record_of_somebody_else

KIND = "appeals"


def count_waiting(uow: AttendanceUnitOfWork) -> Waiting:
    """How many wait for the caller."""
    return uow.appeals.waiting(*_mine_to_decide(uow))


def _mine_to_decide(uow: AttendanceUnitOfWork) -> list[Any]:
    account_id = uow.caller.require_account()
    return [
        uow.organizations.reachable(resolved_in(), *RESOLVERS, from_above=True),
        Appeal.account_id != account_id,
        Objection.account_id.is_distinct_from(account_id),
        Objection.resolved_by.is_distinct_from(account_id),
        record_of_somebody_else(uow, Appeal.record_id),
    ]
