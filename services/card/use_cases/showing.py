"""What an applicant and an administrator see of branches and applications."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from services.card.domain import BANK_NAMES, CARD_TYPE_NAMES, HOTLINES, STATUS_NAMES, Bank, CardType, Status
from services.card.models import BranchContact, CardApplication, Consent, StatusEntry
from services.chassis.regions import CITIES


def show_place(city: str, bank: str, card_type: str) -> dict[str, Any]:
    """Which card where, by code and by name."""
    return {
        "bank": Bank(bank).value,
        "bank_name": BANK_NAMES[Bank(bank)],
        "card_type": CardType(card_type).value,
        "card_type_name": CARD_TYPE_NAMES[CardType(card_type)],
        "city": city,
        "city_name": CITIES[city],
    }


def show_branch(contact: BranchContact) -> dict[str, Any]:
    """A branch with its contact."""
    return show_place(contact.city, contact.bank, contact.card_type) | {
        "branch_contact_id": contact.id,
        "branch": contact.branch,
        "hotline": HOTLINES[Bank(contact.bank)],
        "contact": show_contact(contact),
        "source": contact.source,
        "valid_from": contact.valid_from,
        "valid_until": contact.valid_until,
    }


def show_contact(contact: BranchContact) -> dict[str, str]:
    """Whom to call."""
    return {"name": contact.contact_name, "phone": contact.contact_phone}


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
    return show_branch(application.branch_contact) | {
        "application_id": application.id,
        "application_no": application.application_no,
        "former_application_no": application.former_application_no,
        "group_id": application.group_id,
        "region": application.region,
        "clothing_size": application.clothing_size,
        "status": application.status,
        "status_name": STATUS_NAMES[Status(application.status)],
        "reason": application.reason,
        "consent": None if application.consent is None else _show_consent(application.consent),
        "submitted_at": application.submitted_at,
        "history": [_show_step(step, application.branch_contact) for step in application.history],
    }


def _show_consent(consent: Consent) -> dict[str, Any]:
    """What was agreed to, in the words of then; and when data were provided on it (PIPL 23)."""
    words = consent.words
    return {
        "version": consent.text_version,
        "recipient": consent.recipient,
        "recipient_name": words.recipient_name,
        "purpose": words.purpose,
        "method": words.method,
        "data": words.data,
        "text": words.text,
        "given_by": consent.given_by,
        "at": consent.given_at,
        "provided_at": consent.provided_at,
    }


def _show_step(step: StatusEntry, went_to: BranchContact) -> dict[str, Any]:
    routed = step.status == Status.ROUTED
    return {
        "status": step.status,
        "status_name": STATUS_NAMES[Status(step.status)],
        "reason": step.reason,
        "at": step.at,
        "branch": went_to.branch if routed else None,
        "contact": show_contact(went_to) if routed else None,
    }
