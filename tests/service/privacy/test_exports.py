"""A person asks for everything that is held of them, and gets it from each service: all of it, and nobody else's.

Each table that holds rows about people gets a row of the person and one of somebody else. The request goes out of
identity and the answer back into it as they do in life; what then comes out of ``GET /me/exports/{id}`` is looked at.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa

from services.activity.use_cases import exporting as activity_exporting
from services.attendance.use_cases import exporting as attendance_exporting
from services.card.use_cases import exporting as card_exporting
from services.chassis.clock import FixedClock
from services.chassis.events import Received, read_envelope
from services.chassis.testing.units import Units
from services.identity import commands
from services.identity.events import ExportRequested
from services.identity.use_cases import exporting
from services.notify.use_cases import exporting as notify_exporting
from services.organization.use_cases import exporting as organization_exporting
from tests.service.identity.conftest import Identity, identity
from tests.service.privacy.people import Person, fill, held_by, sealed_by, units_of

__all__ = ["identity"]  # a fixture

HANDLERS: dict[str, Callable[[Received[ExportRequested], Any], None]] = {
    "organization": organization_exporting.export_person,
    "activity": activity_exporting.export_person,
    "attendance": attendance_exporting.export_person,
    "card": card_exporting.export_person,
    "notify": notify_exporting.export_person,
}
PARTS = {part.source(): part for part in exporting.PARTS}


def seal_columns(units: Units, service: str, person: Person) -> None:
    """Put the person's marker, sealed as the service does it, into every sealed column."""
    held = {part.table.name for part in held_by(service)}
    with units() as uow:
        uow.session.execute(sa.text("SET LOCAL session_replication_role = replica"))  # the rows' parents are not there
        for sealed in sealed_by(service):
            if sealed.table.name not in held:
                continue
            rows = uow.session.execute(sa.select(sealed.table).where(sealed.column == person.marker)).mappings().all()
            for row in rows:
                token = sealed.cipher_of(uow.settings).encrypt(person.marker, sealed.context_of(row))
                same = [key == row[key.name] for key in sealed.table.primary_key]
                uow.session.execute(sa.update(sealed.table).where(*same).values({sealed.column.name: token}))


def texts_of(service: str) -> set[tuple[str, str]]:
    """Each table and text of a person's rows, under the names that the export gives them."""
    sealed = {column.name for column in sealed_by(service)}
    texts = [
        (part.table.name, column.name)
        for part in held_by(service)
        for column in part.table.columns
        if isinstance(column.type, sa.String)
    ]
    return {(table, name.removesuffix("_sealed") if f"{table}.{name}" in sealed else name) for table, name in texts}


@pytest.mark.parametrize("service", sorted(HANDLERS))
def test_a_person_gets_every_row_about_them_and_nothing_of_anybody_else(
    service: str, identity: Identity, scratch_database: Callable[[str], str], clock: FixedClock
) -> None:
    volunteer = identity.register()
    oneself = Person("木棉-marker", volunteer.account_id, volunteer.id)
    another = Person("紫荆-marker", number=2)
    units = units_of(service, scratch_database, clock)
    admin = sa.create_engine(units.runtime.engine.url)
    try:
        with admin.begin() as connection:
            fill(connection, service, oneself)
            fill(connection, service, another)
        for person in (oneself, another):
            seal_columns(units, service, person)

        caller = identity.as_volunteer(volunteer)
        with identity.uow(caller) as uow:
            export_id = exporting.request_export(commands.RequestExport(uploads=[]), uow)["export_id"]
        (asked,) = identity.units.published("account.export_requested")
        with units() as uow:
            HANDLERS[service](_received(asked, ExportRequested), uow)
        (answered,) = units.published("personal_data.exported")
        assert oneself.marker not in json.dumps(answered, ensure_ascii=False), "what goes through the broker is sealed"

        identity.handle(exporting.take_over_part, _received(answered, PARTS[service]).data)
        with identity.uow(caller) as uow:
            export = exporting.get_export(commands.GetExport(export_id=export_id), uow)
    finally:
        admin.dispose()
        units.close()

    document = export["data"][service]
    assert service not in export["missing"]
    assert set(document) == {part.table.name for part in held_by(service)}
    assert {table: len(rows) for table, rows in document.items()} == dict.fromkeys(document, 1)
    assert another.marker not in json.dumps(document, ensure_ascii=False)
    told = {(table, name) for table, (row,) in document.items() for name, text in row.items() if text == oneself.marker}
    assert told == texts_of(service)


@pytest.mark.parametrize("service", sorted(HANDLERS))
def test_who_is_nobody_to_a_service_is_told_so(
    service: str, identity: Identity, scratch_database: Callable[[str], str], clock: FixedClock
) -> None:
    volunteer = identity.register()
    units = units_of(service, scratch_database, clock)
    try:
        with identity.uow(identity.as_volunteer(volunteer)) as uow:
            export_id = exporting.request_export(commands.RequestExport(uploads=[]), uow)["export_id"]
        (asked,) = identity.units.published("account.export_requested")
        with units() as uow:
            HANDLERS[service](_received(asked, ExportRequested), uow)
        (answered,) = units.published("personal_data.exported")
        identity.handle(exporting.take_over_part, _received(answered, PARTS[service]).data)
    finally:
        units.close()
    with identity.uow(identity.as_volunteer(volunteer)) as uow:
        export = exporting.get_export(commands.GetExport(export_id=export_id), uow)
    assert export["data"][service] == {}
    assert service not in export["missing"]


def _received(envelope: dict[str, Any], event_class: Any) -> Any:
    """The event as it comes out of a queue."""
    return read_envelope(json.dumps(envelope), {envelope["type"]: event_class})
