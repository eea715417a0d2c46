"""sum_confirmed_hours: what a volunteer is honoured by, for the public page of the volunteer card.

Why this module exists: the service card shows it and must not keep it. Confirmed minutes alone: what is not confirmed
yet may still be objected to, and is nothing to show to strangers (as in a certificate of service, docs/adr/0027).
"""

from __future__ import annotations

from services.attendance import commands
from services.attendance.domain import star_of
from services.attendance.repository import AttendanceUnitOfWork


def sum_confirmed_hours(query: commands.SumConfirmedHours, uow: AttendanceUnitOfWork) -> dict[str, int]:
    """``{confirmed_minutes, star}``, zero for who has not served; raises ``Forbidden``."""
    uow.caller.require_service("card")
    confirmed = uow.records.confirmed_minutes(query.volunteer_id)
    return {"confirmed_minutes": confirmed, "star": star_of(confirmed)}
