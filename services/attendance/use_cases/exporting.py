"""Somebody asks for everything that is held of them: what attendance holds (PIPL 45)."""

from __future__ import annotations

from services.attendance.events import PersonalDataExported
from services.attendance.personal_data import PERSONAL_DATA
from services.attendance.repository import AttendanceUnitOfWork
from services.attendance.sealed_columns import SEALED_COLUMNS
from services.chassis.events import Received
from services.chassis.personal_data import Person, hand_over
from services.identity.events import ExportRequested


def export_person(event: Received[ExportRequested], uow: AttendanceUnitOfWork) -> None:
    """Hand it over to identity, sealed."""
    person = Person(event.data.export_id, event.data.account_id, event.data.volunteer_id)
    hand_over(uow, PersonalDataExported, PERSONAL_DATA, SEALED_COLUMNS, person)
