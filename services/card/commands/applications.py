"""What volunteers and platform administrators ask of applications, and of what comes with the card."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from services.card.domain import Bank, CardType
from services.card.domain.clothing import ClothingSize


@dataclass(frozen=True, kw_only=True)
class GivenConsent:
    """The text that was agreed to, and whom it names as the recipient: the bank's code or its Chinese name."""

    version: str
    recipient: str


@dataclass(frozen=True, kw_only=True)
class Guardian:
    """Who agrees for a young applicant, and comes to the branch along."""

    name: str
    phone: str
    consent: bool


@dataclass(frozen=True, kw_only=True)
class Apply:
    """A volunteer's own application."""

    bank: Bank
    card_type: CardType
    region: str
    address: str
    clothing_size: ClothingSize | None
    consent: GivenConsent | None
    guardian: Guardian | None


@dataclass(frozen=True, kw_only=True)
class ListMyApplications:
    """A page of one's own applications, newest first."""

    limit: int
    cursor: str | None


@dataclass(frozen=True, kw_only=True)
class CancelApplication:
    """Withdraw one's own application."""

    application_id: str


@dataclass(frozen=True, kw_only=True)
class ListMyBenefits:
    """What one's card has brought."""


@dataclass(frozen=True, kw_only=True)
class ChangeClothingSize:
    """Another size, before the order."""

    clothing_size: ClothingSize


@dataclass(frozen=True, kw_only=True)
class ListApplications:
    """A page of everybody's applications, newest first; days are those of submission, both included."""

    bank: str | None
    status: str | None
    region: str | None
    from_day: date | None
    to_day: date | None
    limit: int
    cursor: str | None


@dataclass(frozen=True, kw_only=True)
class ListOverdueApplications:
    """A page of what a bank leaves untouched, the longest first."""

    bank: str | None
    limit: int
    cursor: str | None
