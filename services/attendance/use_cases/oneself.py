"""Nobody decides about hours of their own, whatever roles they hold."""

from __future__ import annotations

from services.attendance.errors import AboutOneself
from services.attendance.repository import AttendanceUnitOfWork


def require_somebody_else(uow: AttendanceUnitOfWork, volunteer_id: str) -> None:
    """Raises ``AboutOneself`` if the caller is this volunteer, or signed in with another kind of account of theirs."""
    volunteer = uow.copies.volunteer(volunteer_id)
    own_account = volunteer is not None and volunteer.account_id == uow.caller.require_account()
    if own_account or volunteer_id == uow.caller.volunteer_id:
        raise AboutOneself()
