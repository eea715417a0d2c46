"""Nobody decides about hours of their own, whatever roles they hold."""

from __future__ import annotations

from dataclasses import dataclass, replace
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


@dataclass(frozen=True, slots=True)
class Person:
    """Who might decide, in all that they may be concerned as: an account, and the volunteer that it belongs to."""

    account_id: str
    volunteer_ids: frozenset[str]

    def is_none_of(self, *accounts: Any) -> sa.ColumnElement[bool]:
        """SQL: none of these columns names the account."""
        return sa.and_(*(column.is_distinct_from(self.account_id) for column in accounts))

    def is_another_than(self, volunteer_id: Any) -> sa.ColumnElement[bool]:
        """SQL: the column names another volunteer."""
        return sa.and_(sa.true(), *(volunteer_id != own for own in self.volunteer_ids))

    def has_not_served(self, record_id: Any) -> sa.ColumnElement[bool]:
        """SQL: the column names a record of another volunteer, or none."""
        own = sa.select(ServiceRecord.id).where(ServiceRecord.volunteer_id.in_(self.volunteer_ids))
        return sa.or_(record_id.is_(None), record_id.not_in(own))


def caller_as_person(uow: AttendanceUnitOfWork) -> Person:
    """Whom :func:`is_oneself` compares."""
    person = person_of(uow, uow.caller.require_account())
    own = uow.caller.volunteer_id
    return person if own is None else replace(person, volunteer_ids=person.volunteer_ids | {own})


def person_of(uow: AttendanceUnitOfWork, account_id: str) -> Person:
    """Whose account it is; their volunteer is asked for by itself, so that nobody else is looked at."""
    return Person(account_id, frozenset(uow.copies.volunteers_of_account(account_id)))
