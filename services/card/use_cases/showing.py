"""What an applicant and an administrator see of branches and applications."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from services.card.domain import BANK_NAMES, CARD_TYPE_NAMES, HOTLINES, STATUS_NAMES, Bank, CardType, Status
from services.card.models import BranchContact, CardApplication
from services.chassis.regions import CITIES


def show_branch(contact: BranchContact) -> dict[str, Any]:
    """A branch with its contact."""
    bank, card_type = Bank(contact.bank), CardType(contact.card_type)
    return {
        "branch_contact_id": contact.id,
        "bank": bank.value,
        "bank_name": BANK_NAMES[bank],
        "card_type": card_type.value,
        "card_type_name": CARD_TYPE_NAMES[card_type],
        "city": contact.city,
        "city_name": CITIES[contact.city],
        "branch": contact.branch,
        "hotline": HOTLINES[bank],
        "contact": {"name": contact.contact_name, "phone": contact.contact_phone},
        "source": contact.source,
        "valid_from": contact.valid_from,
    }


def possible_places(contacts: Iterable[BranchContact]) -> list[dict[str, Any]]:
    """The cities in which the card can be had, and from which banks; ``contacts`` come ordered by city."""
    banks: dict[str, list[str]] = {}
    for contact in contacts:
        here = banks.setdefault(contact.city, [])
        if contact.bank not in here:
            here.append(contact.bank)
    return [{"city": city, "city_name": CITIES[city], "banks": here} for city, here in banks.items()]


def show_application(application: CardApplication) -> dict[str, Any]:
    """An application as its applicant sees it: with the contact it went to, even if that has changed since."""
    status, consent = Status(application.status), application.consent
    return show_branch(application.branch_contact) | {
        "application_id": application.id,
        "application_no": application.application_no,
        "region": application.region,
        "clothing_size": application.clothing_size,
        "status": status.value,
        "status_name": STATUS_NAMES[status],
        "reason": application.reason,
        "consent": {"version": consent.text_version, "recipient": consent.recipient, "at": consent.given_at},
        "submitted_at": application.submitted_at,
        "history": [
            {
                "status": step.status,
                "status_name": STATUS_NAMES[Status(step.status)],
                "reason": step.reason,
                "at": step.at,
            }
            for step in application.history
        ],
    }
