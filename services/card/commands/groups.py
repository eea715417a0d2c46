"""What units and their members ask of group cards."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from services.card.commands.applications import GivenConsent, Guardian
from services.card.domain import Bank, CardType
from services.card.domain.clothing import ClothingSize


@dataclass(frozen=True, kw_only=True)
class GroupContact:
    """Whom the bank should call to arrange the visit."""

    name: str
    phone: str


@dataclass(frozen=True, kw_only=True)
class ApplyAsGroup:
    """An organization asks the bank to come."""

    organization_id: str
    region: str
    bank: Bank
    card_type: CardType
    volunteer_ids: list[str]
    address: str
    preferred_dates: list[date]
    contact: GroupContact


@dataclass(frozen=True, kw_only=True)
class ListGroups:
    """A page of a unit's groups and of those below it, newest first."""

    organization_id: str
    limit: int
    cursor: str | None


@dataclass(frozen=True, kw_only=True)
class ChangeVisit:
    """What became of the bank's visit, as the unit knows it; or the unit takes its proposal back."""

    group_id: str
    status: str
    visit_on: date | None
    reason: str | None


@dataclass(frozen=True, kw_only=True)
class ListProposals:
    """A page of the groups that one is asked to join, newest first."""

    limit: int
    cursor: str | None


@dataclass(frozen=True, kw_only=True)
class ConsentToGroup:
    """A member consents. Without an address the card comes to where the bank comes."""

    group_id: str
    consent: GivenConsent | None
    address: str | None
    clothing_size: ClothingSize | None
    guardian: Guardian | None


@dataclass(frozen=True, kw_only=True)
class OneProposal:
    """The group that one refuses, or whose place one's own application takes."""

    group_id: str
