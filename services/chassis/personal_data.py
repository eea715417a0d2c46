"""What a service holds of a person, said once, and given out when the person asks for it (PIPL 45).

Why this module exists: every service holds something of a person, and none may hold it back. Each lists its tables in
``personal_data.py``: which rows are whose. From the list comes the document that goes, sealed, to the service that
collects them; and a test compares it with the models. Sealed columns are opened, digests and hashes left out: they say
nothing to anybody.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import orjson
import sqlalchemy as sa

from services.chassis.crypto import FieldCipher, KeyRing
from services.chassis.events import Event
from services.chassis.sealed import SealedColumn
from services.chassis.unit_of_work import UnitOfWork

ACCOUNT = sa.bindparam("account_id", type_=sa.Uuid(as_uuid=False))
"""The account of whoever asks."""

VOLUNTEER = sa.bindparam("volunteer_id", type_=sa.Uuid(as_uuid=False))
"""Their id as a volunteer; null for who is none, which no row equals."""


@dataclass(frozen=True)
class Held:
    """The rows of one table that are about a person: ``Held(Enrollment, Enrollment.volunteer_id == VOLUNTEER)``."""

    model: Any
    whose: sa.ColumnElement[bool]

    @property
    def table(self) -> sa.Table:
        """The table."""
        table: sa.Table = sa.inspect(self.model).local_table
        return table


@dataclass(frozen=True)
class Person:
    """Who is asking, and for which export."""

    export_id: str
    account_id: str
    volunteer_id: str | None


@dataclass(frozen=True, kw_only=True)
class Exported(Event):
    """The base of each service's ``personal_data.exported``. Sealed by :func:`seal` for the collecting service."""

    subject_field = "export_id"

    export_id: str
    document_sealed: str


def collect(
    uow: UnitOfWork, held: Iterable[Held], sealed: Iterable[SealedColumn], person: Person
) -> dict[str, list[dict[str, Any]]]:
    """Everything that is held of ``person``, by table; tables without a row are left out."""
    opened = {(column.table.name, column.column.name): column for column in sealed}
    asked = {"account_id": person.account_id, "volunteer_id": person.volunteer_id}
    document: dict[str, list[dict[str, Any]]] = {}
    for part in held:
        rows = uow.session.execute(sa.select(part.table).where(part.whose), asked).mappings()
        shown = [_shown(part.table, row, opened, uow.settings) for row in rows]
        if shown:
            document.setdefault(str(part.table.name), []).extend(shown)
    return document


def seal(uow: UnitOfWork, service: str, export_id: str, document: Mapping[str, Any]) -> str:
    """``document`` for the way through the broker, under keys that all services hold and the gateway does not; sums of
    money are text.
    """
    return _cipher(uow).encrypt(orjson.dumps(document, default=str).decode(), _context(service, export_id))


def unseal(uow: UnitOfWork, service: str, export_id: str, document_sealed: str) -> Any:
    """What ``service`` has sealed."""
    return orjson.loads(_cipher(uow).decrypt(document_sealed, _context(service, export_id)))


def hand_over(
    uow: UnitOfWork,
    event_class: type[Exported],
    held: Iterable[Held],
    sealed: Iterable[SealedColumn],
    person: Person,
) -> None:
    """Answer a request: publish what this service holds. That it was looked at stands in the audit log."""
    document = collect(uow, held, sealed, person)
    document_sealed = seal(uow, event_class.source(), person.export_id, document)
    uow.publish(event_class(export_id=person.export_id, document_sealed=document_sealed), version=1)
    uow.audit("personal_data.exported", f"account:{person.account_id}", export_id=person.export_id)


def _shown(table: sa.Table, row: Any, opened: Mapping[tuple[str, str], SealedColumn], settings: Any) -> dict[str, Any]:
    shown = {}
    for column in table.columns:
        value = row[column.name]
        if isinstance(value, bytes) or value is None:
            continue
        sealed = opened.get((table.name, column.name))
        if sealed is None:
            shown[str(column.name)] = value
        else:
            name = str(column.name).removesuffix("_sealed")
            shown[name] = sealed.cipher_of(settings).decrypt(value, sealed.context_of(row))
    return shown


def _cipher(uow: UnitOfWork) -> FieldCipher:
    return FieldCipher(KeyRing.parse(uow.settings.cursor_keys.reveal()))


def _context(service: str, export_id: str) -> str:
    return f"export:{export_id}:{service}"
