"""Branch contacts are data with a period of validity: a new text closes the former contacts and deletes nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from services.card import commands
from services.card.branch_text import ContactRow, parse_csv, parse_notice
from services.card.domain import Bank
from services.card.models import BranchContact
from services.card.repository import CardUnitOfWork
from services.chassis.ids import new_id

SHIPPED, IMPORTED = "shipped", "imported"
_PARSERS = {"notice": parse_notice, "csv": parse_csv}


@dataclass(frozen=True)
class Changes:
    """What a text changed."""

    added: int
    replaced: int
    unchanged: int


def import_branch_contacts(command: commands.ImportBranchContacts, uow: CardUnitOfWork) -> dict[str, Any]:
    """All contacts of a text, or none; for platform administrators. Only counts get into the audit log."""
    uow.caller.require_platform()
    rows = _PARSERS[command.format](command.text)
    uow.branches.lock()
    changes = put_in_force(uow, rows, IMPORTED)
    cities = {row.city for row in rows}
    uow.audit(
        "branch_contacts.imported",
        "branch_contacts:all",
        format=command.format,
        contacts=len(rows),
        cities=len(cities),
        added=changes.added,
        replaced=changes.replaced,
    )
    return {
        "contacts": len(rows),
        "cities": len(cities),
        "banks": {bank.value: len({row.city for row in rows if row.bank is bank}) for bank in Bank},
        "changes": changes,
    }


def load_shipped(rows: Sequence[ContactRow], uow: CardUnitOfWork) -> Changes:
    """The data that the platform ships, wherever nobody has imported something better."""
    uow.branches.lock()
    imported = {_place(contact) for contact in uow.branches.all_in_force() if contact.source == IMPORTED}
    return put_in_force(uow, [row for row in rows if _place(row) not in imported], SHIPPED)


def put_in_force(uow: CardUnitOfWork, rows: Sequence[ContactRow], source: str) -> Changes:
    """Let ``rows`` count from now on; branches that are not among them stay as they are."""
    now = uow.clock.now()
    former = {_place(contact): contact for contact in uow.branches.all_in_force()}
    fresh = [row for row in rows if not _same(former.get(_place(row)), row)]
    replaced = [former[_place(row)] for row in fresh if _place(row) in former]
    for contact in replaced:
        contact.valid_until = now
    uow.session.flush()  # closed before the new ones come: one contact in force for each place and card
    uow.session.add_all(
        BranchContact(
            id=new_id(),
            city=row.city,
            bank=row.bank,
            card_type=row.card_type,
            branch=row.branch,
            contact_name=row.contact,
            contact_phone=row.phone,
            source=source,
            valid_from=now,
        )
        for row in fresh
    )
    return Changes(added=len(fresh) - len(replaced), replaced=len(replaced), unchanged=len(rows) - len(fresh))


def _place(contact: BranchContact | ContactRow) -> tuple[str, str, str]:
    return contact.city, str(contact.bank), str(contact.card_type)


def _same(contact: BranchContact | None, row: ContactRow) -> bool:
    return contact is not None and (contact.branch, contact.contact_name, contact.contact_phone) == (
        row.branch,
        row.contact,
        row.phone,
    )
