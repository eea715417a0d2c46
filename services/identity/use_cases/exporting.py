"""POST /me/exports: everything that the platform holds of oneself, from every service (PIPL 45).

Nobody reads another's database, so each is asked by an event and answers by one. Until all have, the export says who is
missing. What has come is kept sealed, and not for long.
"""

from __future__ import annotations

from dataclasses import asdict
from datetime import timedelta
from typing import Any

import orjson

from services.activity import events as activity
from services.attendance import events as attendance
from services.card import events as card
from services.chassis.errors import NotAuthenticated, NotFound
from services.chassis.events import Received
from services.chassis.ids import new_id
from services.chassis.personal_data import Exported, Person, collect, unseal
from services.identity import commands
from services.identity.events import ExportRequested
from services.identity.models import DataExport
from services.identity.personal_data import PERSONAL_DATA
from services.identity.repository import IdentityUnitOfWork
from services.identity.schemas.answers import Export
from services.identity.sealed_columns import SEALED_COLUMNS
from services.identity.use_cases.profile import export_me, own_account
from services.notify import events as notify
from services.organization import events as organization

OWN = "identity"
FILES = "gateway"
"""It keeps what people hand in, and says so when it asks for the export."""

PARTS: tuple[type[Exported], ...] = (
    organization.PersonalDataExported,
    activity.PersonalDataExported,
    attendance.PersonalDataExported,
    card.PersonalDataExported,
    notify.PersonalDataExported,
)
"""The answers that make an export complete."""

ASKED = tuple(part.source() for part in PARTS)

# Who asks again before that gets the same one: a slow answer is no reason for a second round through all services.
AGAIN_AFTER = timedelta(minutes=10)


def request_export(command: commands.RequestExport, uow: IdentityUnitOfWork) -> dict[str, Any]:
    """Ask every service, or answer what was asked for a moment ago."""
    account = uow.accounts.lock(uow.caller.require_account())
    if account is None:
        raise NotAuthenticated()
    now = uow.clock.now()
    running = uow.exports.newest_of(account.id, now - AGAIN_AFTER)
    if running is not None:
        return _shown(uow, running, with_data=False)
    export = DataExport(
        id=new_id(), account_id=account.id, requested_at=now,
        expires_at=now + timedelta(days=uow.settings.export_days),
    )  # fmt: skip
    uow.session.add(export)
    uow.session.flush()
    volunteer = uow.volunteers.of_account(account.id)
    person = Person(export.id, account.id, volunteer.id if volunteer is not None else None)
    own = Export().dump(export_me(commands.ExportMe(), uow))
    _keep(uow, export.id, OWN, own | {"rows": collect(uow, PERSONAL_DATA, SEALED_COLUMNS, person)})
    _keep(uow, export.id, FILES, {"uploads": [asdict(upload) for upload in command.uploads]})
    uow.publish(
        ExportRequested(export_id=export.id, account_id=account.id, volunteer_id=person.volunteer_id),
        version=account.version,
    )
    return _shown(uow, export, with_data=False)


def take_over_part(event: Received[Exported], uow: IdentityUnitOfWork) -> None:
    """What a service has answered; nothing if the export has expired or the person was erased meanwhile."""
    if event.source not in ASKED or uow.exports.lock(event.data.export_id) is None:
        return
    document = unseal(uow, event.source, event.data.export_id, event.data.document_sealed)
    _keep(uow, event.data.export_id, event.source, document)


def get_export(command: commands.GetExport, uow: IdentityUnitOfWork) -> dict[str, Any]:
    """An export of one's own with what has come so far, in clear. The look itself is audited. Raises ``NotFound``."""
    account = own_account(uow)
    export = uow.exports.of(command.export_id, account.id, uow.clock.now())
    if export is None:
        raise NotFound(what="export")
    uow.audit("account.export_read", f"account:{account.id}", export_id=export.id)
    return _shown(uow, export, with_data=True)


def _keep(uow: IdentityUnitOfWork, export_id: str, service: str, document: Any) -> None:
    text = orjson.dumps(document, default=str).decode()
    sealed = uow.settings.field_cipher.encrypt(text, f"data_export_part.document:{export_id}:{service}")
    uow.exports.save_part(export_id, service, sealed, uow.clock.now())


def _shown(uow: IdentityUnitOfWork, export: DataExport, *, with_data: bool) -> dict[str, Any]:
    parts = uow.exports.parts(export.id)
    missing = [service for service in ASKED if service not in parts]
    shown: dict[str, Any] = {
        "export_id": export.id,
        "status": "collecting" if missing else "complete",
        "missing": missing,
        "requested_at": export.requested_at,
        "expires_at": export.expires_at,
    }
    if with_data:
        cipher, context = uow.settings.field_cipher, f"data_export_part.document:{export.id}:"
        shown["data"] = {
            service: orjson.loads(cipher.decrypt(sealed, context + service)) for service, sealed in parts.items()
        }
    return shown
