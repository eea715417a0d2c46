"""What a text would change of the branch contacts: seen before it is done, and done as it was seen.

Why this module exists: preview and import must agree. Both make this plan; its digest says of which contacts in force
and which rows it was made. Pure: contacts and rows in, plan out.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass

from services.card.branch_text import ContactRow
from services.card.models import BranchContact


@dataclass(frozen=True)
class Replacement:
    """A contact in force, and the row that takes its place."""

    former: BranchContact
    row: ContactRow


@dataclass(frozen=True)
class ContactChanges:
    """What a text adds, replaces, leaves as it is, and does not name (which stays as it is, too)."""

    added: Sequence[ContactRow]
    replaced: Sequence[Replacement]
    unchanged: Sequence[BranchContact]
    not_named: Sequence[BranchContact]
    digest: str


def changes_of(in_force: Sequence[BranchContact], rows: Sequence[ContactRow]) -> ContactChanges:
    """Compare ``rows``, each of another place and card, with the contacts in force."""
    former = {_place(contact): contact for contact in in_force}
    named = {_place(row): row for row in rows}
    both = [Replacement(former[place], row) for place, row in named.items() if place in former]
    return ContactChanges(
        added=[row for place, row in named.items() if place not in former],
        replaced=[pair for pair in both if not _same(pair.former, pair.row)],
        unchanged=[pair.former for pair in both if _same(pair.former, pair.row)],
        not_named=[contact for place, contact in former.items() if place not in named],
        digest=_digest(in_force, rows),
    )


def _place(contact: BranchContact | ContactRow) -> tuple[str, str, str]:
    return contact.city, str(contact.bank), str(contact.card_type)


def _same(contact: BranchContact, row: ContactRow) -> bool:
    return (contact.branch, contact.contact_name, contact.contact_phone) == (row.branch, row.contact, row.phone)


def _digest(in_force: Sequence[BranchContact], rows: Sequence[ContactRow]) -> str:
    """SHA-256 over both; a contact never changes under its id, it is closed and followed by another."""
    ids = sorted(contact.id for contact in in_force)
    words = sorted([*_place(row), row.branch, row.contact, row.phone] for row in rows)
    return hashlib.sha256(json.dumps([ids, words]).encode()).hexdigest()
