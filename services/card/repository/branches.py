"""Branch contacts: who issues which card where."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from services.card.domain import Bank, CardType
from services.card.models import BranchContact
from services.chassis.unit_of_work import UnitOfWork


class BranchRepository:
    """Branch contacts."""

    def __init__(self, uow: UnitOfWork) -> None:
        self._uow = uow

    def in_force(self) -> sa.Select[Any]:
        """The contacts that count now."""
        return sa.select(BranchContact).where(BranchContact.valid_until.is_(None))

    def find(self, city: str | None, bank: Bank, card_type: CardType) -> BranchContact | None:
        """Who issues this card in this city."""
        return self._uow.session.scalar(
            self.in_force().where(
                BranchContact.city == city, BranchContact.bank == bank, BranchContact.card_type == card_type
            )
        )

    def all_in_force(self) -> Sequence[BranchContact]:
        """All of them; there are some sixty."""
        statement = self.in_force().order_by(BranchContact.city, BranchContact.bank, BranchContact.card_type)
        return self._uow.session.scalars(statement).all()

    def lock(self) -> None:
        """Imports go one after the other."""
        key = sa.func.hashtextextended("card:branch-contacts", 0)
        self._uow.session.execute(sa.select(sa.func.pg_advisory_xact_lock(key)))
