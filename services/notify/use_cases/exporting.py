"""Somebody asks for everything that is held of them: what notify holds (PIPL 45)."""

from __future__ import annotations

from services.chassis.events import Received
from services.chassis.personal_data import Person, hand_over
from services.identity.events import ExportRequested
from services.notify.events import PersonalDataExported
from services.notify.personal_data import PERSONAL_DATA
from services.notify.repository import NotifyUnitOfWork
from services.notify.sealed_columns import SEALED_COLUMNS


def export_person(event: Received[ExportRequested], uow: NotifyUnitOfWork) -> None:
    """Hand it over to identity, sealed."""
    person = Person(event.data.export_id, event.data.account_id, event.data.volunteer_id)
    hand_over(uow, PersonalDataExported, PERSONAL_DATA, SEALED_COLUMNS, person)
