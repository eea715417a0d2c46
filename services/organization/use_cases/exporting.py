"""Somebody asks for everything that is held of them: what organization holds (PIPL 45)."""

from __future__ import annotations

from services.chassis.events import Received
from services.chassis.personal_data import Person, hand_over
from services.identity.events import ExportRequested
from services.organization.events import PersonalDataExported
from services.organization.personal_data import PERSONAL_DATA
from services.organization.repository import OrganizationUnitOfWork
from services.organization.sealed_columns import SEALED_COLUMNS


def export_person(event: Received[ExportRequested], uow: OrganizationUnitOfWork) -> None:
    """Hand it over to identity, sealed."""
    person = Person(event.data.export_id, event.data.account_id, event.data.volunteer_id)
    hand_over(uow, PersonalDataExported, PERSONAL_DATA, SEALED_COLUMNS, person)
