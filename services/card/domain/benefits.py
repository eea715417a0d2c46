"""What comes with the card: insurance from its activation, clothing from the first spend (notice, attachment 3)."""

from __future__ import annotations

from enum import StrEnum

from services.card.domain import BANK_STATUSES, Status
from services.card.errors import ClothingAlreadyOrdered
from services.chassis.errors import IllegalTransition

FIRST_SPEND = "first_spend"
BANK_REPORTS = (*BANK_STATUSES, FIRST_SPEND)
"""What a bank may report on an application: a status, or that its card was first paid with."""


class BenefitKind(StrEnum):
    """Each comes once to a volunteer, however many cards follow."""

    INSURANCE = "insurance"
    CLOTHING = "clothing"


def require_activated(status: Status) -> None:
    """Nobody pays with a card that is not in hand: such a report is a mistake, and the bank hears so."""
    if status is not Status.ACTIVATED:
        raise IllegalTransition(current=status.value, attempted=FIRST_SPEND)


def require_not_ordered(*, ordered: bool) -> None:
    """A size is the volunteer's to change until the order is placed; raises ``ClothingAlreadyOrdered``."""
    if ordered:
        raise ClothingAlreadyOrdered()
