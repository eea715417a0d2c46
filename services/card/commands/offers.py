"""Which card is offered where, and who answers for it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from services.card.domain import Bank, CardType


@dataclass(frozen=True, kw_only=True)
class FindProducts:
    """Which cards can be had, in one place or anywhere."""

    region: str | None
    limit: int
    cursor: str | None


@dataclass(frozen=True, kw_only=True)
class ListProductPeriods:
    """A page of the periods in which cards were, are and will be offered."""

    region: str | None
    bank: str | None
    limit: int
    cursor: str | None


@dataclass(frozen=True, kw_only=True)
class OpenProductPeriod:
    """A bank offers a card in a city."""

    region: str
    bank: Bank
    card_type: CardType
    offered_from: date
    offered_until: date | None


@dataclass(frozen=True, kw_only=True)
class EndProductPeriod:
    """The last day of a period; None: it has none."""

    period_id: str
    offered_until: date | None


@dataclass(frozen=True, kw_only=True)
class ListBranchContacts:
    """A page of the contacts that are in force, or of all that there ever were."""

    region: str | None
    bank: str | None
    limit: int
    cursor: str | None


@dataclass(frozen=True, kw_only=True)
class PreviewImport:
    """A whole text with contacts; ``format`` is ``notice`` or ``csv``."""

    format: str
    text: str


@dataclass(frozen=True, kw_only=True)
class ImportBranchContacts(PreviewImport):
    """The same, to be done; ``digest`` is that of the preview it was seen in."""

    digest: str | None
