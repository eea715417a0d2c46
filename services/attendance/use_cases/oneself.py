"""Nobody decides about hours of their own, whatever roles they hold."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from services.attendance.errors import AboutOneself
from services.attendance.models import ServiceRecord
from services.attendance.repository import AttendanceUnitOfWork


def is_oneself(uow: AttendanceUnitOfWork, volunteer_id: str) -> bool:
    """Whether the caller is this volunteer, be it in an administrator's session."""
    own_account = uow.copies.account_of(volunteer_id) == uow.caller.require_account()
    return own_account or volunteer_id == uow.caller.volunteer_id


def require_somebody_else(uow: AttendanceUnitOfWork, volunteer_id: str) -> None:
    """Raises ``AboutOneself`` where :func:`is_oneself`."""
    if is_oneself(uow, volunteer_id):
        raise AboutOneself()


def about_somebody_else(uow: AttendanceUnitOfWork, volunteer_id: Any) -> sa.ColumnElement[bool]:
    """SQL: ``volunteer_id`` is of somebody whom :func:`require_somebody_else` lets the caller decide about."""
    return sa.and_(sa.true(), *(volunteer_id != oneself for oneself in _oneself(uow)))


def record_of_somebody_else(uow: AttendanceUnitOfWork, record_id: Any) -> sa.ColumnElement[bool]:
    """SQL: the same of the record in the column ``record_id``, or it names none."""
    own = sa.select(ServiceRecord.id).where(ServiceRecord.volunteer_id.in_(_oneself(uow)))
    return sa.or_(record_id.is_(None), record_id.not_in(own))


def _oneself(uow: AttendanceUnitOfWork) -> set[str]:
    """The caller as a volunteer; asked for by itself, so that nobody else is looked at."""
    found = set(uow.copies.volunteers_of_account(uow.caller.require_account()))
    return found if uow.caller.volunteer_id is None else found | {uow.caller.volunteer_id}
