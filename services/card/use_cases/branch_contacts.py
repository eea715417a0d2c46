"""Branch contacts are data with a period of validity: a new text closes the former contacts and deletes nothing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from services.card import commands
from services.card.branch_text import ContactRow, parse_csv, parse_notice
from services.card.domain import Bank
from services.card.errors import ContactsChanged
from services.card.models import BranchContact
from services.card.repository import CardUnitOfWork
from services.card.repository.branches import narrowed
from services.card.use_cases.contact_changes import ContactChanges, Replacement, changes_of
from services.card.use_cases.product_periods import offer_what_has_no_period
from services.card.use_cases.showing import show_branch, show_place
from services.chassis.ids import new_id

SHIPPED, IMPORTED = "shipped", "imported"
_PARSERS = {"notice": parse_notice, "csv": parse_csv}


def preview_import(command: commands.PreviewImport, uow: CardUnitOfWork) -> dict[str, Any]:
    """What :func:`import_branch_contacts` would change, in full, and changes nothing; for platform administrators."""
    uow.caller.require_platform()
    rows = _PARSERS[command.format](command.text)
    changes = changes_of(uow.branches.all_in_force(), rows)
    return _summary(rows, changes) | {
        "digest": changes.digest,
        "added": [_show_row(row) for row in changes.added],
        "replaced": [_show_replacement(pair) for pair in changes.replaced],
        "unchanged": [show_branch(contact) for contact in changes.unchanged],
        "not_named": [show_branch(contact) for contact in changes.not_named],
    }


def import_branch_contacts(command: commands.ImportBranchContacts, uow: CardUnitOfWork) -> dict[str, Any]:
    """All contacts of a text, or none; for platform administrators. Only counts get into the audit log.

    Raises ``ContactsChanged`` if ``digest`` is given and not that of a preview made now.
    """
    uow.caller.require_platform()
    rows = _PARSERS[command.format](command.text)
    uow.branches.lock()
    changes = changes_of(uow.branches.all_in_force(), rows)
    if command.digest not in (None, changes.digest):
        raise ContactsChanged()
    _put_in_force(uow, changes, IMPORTED)
    summary = _summary(rows, changes)
    uow.audit(
        "branch_contacts.imported",
        "branch_contacts:all",
        format=command.format,
        contacts=len(rows),
        cities=summary["cities"],
        added=len(changes.added),
        replaced=len(changes.replaced),
    )
    return summary


def load_shipped(rows: Sequence[ContactRow], uow: CardUnitOfWork) -> None:
    """The data that the platform ships, wherever nobody has imported something better."""
    uow.branches.lock()
    in_force = uow.branches.all_in_force()
    imported = {(one.city, one.bank, one.card_type) for one in in_force if one.source == IMPORTED}
    shipped = [row for row in rows if (row.city, row.bank, row.card_type) not in imported]
    _put_in_force(uow, changes_of(in_force, shipped), SHIPPED)


def list_branch_contacts(query: commands.ListBranchContacts, uow: CardUnitOfWork) -> dict[str, Any]:
    """The contacts in force, by place; for platform administrators."""
    uow.caller.require_platform()
    statement = narrowed(uow.branches.in_force(), BranchContact, query.region, query.bank)
    keys = (BranchContact.city, BranchContact.bank, BranchContact.card_type, BranchContact.id)
    scope = f"branch-contacts:{query.region}:{query.bank}"
    page = uow.page(statement, keys, limit=query.limit, cursor=query.cursor, scope=scope)
    return {"items": [show_branch(contact) for contact in page.items], "next_cursor": page.next_cursor}


def list_former_contacts(query: commands.ListBranchContacts, uow: CardUnitOfWork) -> dict[str, Any]:
    """Every contact that there ever was, with its period, the newest first; for platform administrators."""
    uow.caller.require_platform()
    statement = narrowed(uow.branches.history(), BranchContact, query.region, query.bank)
    keys = [(BranchContact.valid_from, "desc"), (BranchContact.id, "desc")]
    scope = f"branch-contact-history:{query.region}:{query.bank}"
    page = uow.page(statement, keys, limit=query.limit, cursor=query.cursor, scope=scope)
    return {"items": [show_branch(contact) for contact in page.items], "next_cursor": page.next_cursor}


def _put_in_force(uow: CardUnitOfWork, changes: ContactChanges, source: str) -> None:
    """Let the rows count from now on, and offer the cards of places that nobody has said anything of."""
    now = uow.clock.now()
    for pair in changes.replaced:
        pair.former.valid_until = now
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
        for row in (*changes.added, *(pair.row for pair in changes.replaced))
    )
    uow.session.flush()
    offer_what_has_no_period(uow)


def _summary(rows: Sequence[ContactRow], changes: ContactChanges) -> dict[str, Any]:
    return {
        "contacts": len(rows),
        "cities": len({row.city for row in rows}),
        "banks": {bank.value: len({row.city for row in rows if row.bank is bank}) for bank in Bank},
        "changes": {
            "added": len(changes.added),
            "replaced": len(changes.replaced),
            "unchanged": len(changes.unchanged),
            "not_named": len(changes.not_named),
        },
    }


def _show_row(row: ContactRow) -> dict[str, Any]:
    return show_place(row.city, row.bank, row.card_type) | {
        "branch": row.branch,
        "contact": {"name": row.contact, "phone": row.phone},
        "line": row.line,
    }


def _show_replacement(pair: Replacement) -> dict[str, Any]:
    former = pair.former
    return _show_row(pair.row) | {
        "former_branch": former.branch,
        "former_contact": {"name": former.contact_name, "phone": former.contact_phone},
    }
