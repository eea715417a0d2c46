"""Branch contacts and product periods: who issues which card where, and when."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import sqlalchemy as sa

from services.card.domain import Bank, CardType
from services.card.models import BranchContact, ProductPeriod
from services.chassis.regions import PROVINCE, city_of
from services.chassis.unit_of_work import UnitOfWork

_SAME_PRODUCT = sa.and_(
    ProductPeriod.city == BranchContact.city,
    ProductPeriod.bank == BranchContact.bank,
    ProductPeriod.card_type == BranchContact.card_type,
)


class BranchRepository:
    """Branch contacts, all of them or those whose card is offered."""

    def __init__(self, uow: UnitOfWork) -> None:
        self._uow = uow

    def in_force(self) -> sa.Select[Any]:
        """The contacts that count now."""
        return _in_force()

    def offered(self, day: date) -> sa.Select[Any]:
        """The contacts that count now, of cards that are offered on ``day``."""
        return self.in_force().where(sa.exists().where(_SAME_PRODUCT, _covers(day)))

    def all_in_force(self) -> Sequence[BranchContact]:
        """All of them; there are some sixty."""
        return self._uow.session.scalars(_in_order(self.in_force())).all()

    def all_offered(self, day: date) -> Sequence[BranchContact]:
        """As :meth:`all_in_force`, of cards that are offered on ``day``."""
        return self._uow.session.scalars(_in_order(self.offered(day))).all()

    def find_offered(self, city: str | None, bank: Bank, card_type: CardType, day: date) -> BranchContact | None:
        """Who issues this card in this city on ``day``."""
        return self._uow.session.scalar(self.offered(day).where(*_of(BranchContact, city, bank, card_type)))

    def successor_of(self, contact: BranchContact) -> BranchContact:
        """Who answers in that contact's place now; itself if nobody has replaced it."""
        place = _of(BranchContact, contact.city, contact.bank, contact.card_type)
        return self._uow.session.scalar(self.in_force().where(*place)) or contact

    def history(self) -> sa.Select[Any]:
        """Every contact that there ever was."""
        return sa.select(BranchContact)

    def lock(self) -> None:
        """Whoever changes contacts or periods does it after the other."""
        key = sa.func.hashtextextended("card:branch-contacts", 0)
        self._uow.session.execute(sa.select(sa.func.pg_advisory_xact_lock(key)))


class ProductRepository:
    """Product periods."""

    def __init__(self, uow: UnitOfWork) -> None:
        self._uow = uow

    def periods(self) -> sa.Select[Any]:
        """All of them."""
        return sa.select(ProductPeriod)

    def find(self, period_id: str) -> ProductPeriod | None:
        """One of them."""
        return self._uow.session.get(ProductPeriod, period_id)

    def of(self, city: str | None, bank: str, card_type: str) -> Sequence[ProductPeriod]:
        """The periods of one card in one city."""
        return self._uow.session.scalars(self.periods().where(*_of(ProductPeriod, city, bank, card_type))).all()

    def without_period(self) -> Sequence[BranchContact]:
        """The contacts in force of whose card nobody has ever said from when until when it is offered."""
        statement = _in_force().where(~sa.exists().where(_SAME_PRODUCT))
        return self._uow.session.scalars(statement).all()


def _in_force() -> sa.Select[Any]:
    return sa.select(BranchContact).where(BranchContact.valid_until.is_(None))


def narrowed(statement: sa.Select[Any], model: Any, region: str | None, bank: str | None) -> sa.Select[Any]:
    """Only what is in that region's city, and of that bank; the province is everything."""
    if region not in (None, PROVINCE):
        statement = statement.where(model.city == city_of(str(region)))
    return statement if bank is None else statement.where(model.bank == bank)


def _of(model: Any, city: str | None, bank: str, card_type: str) -> tuple[sa.ColumnElement[bool], ...]:
    return model.city == city, model.bank == bank, model.card_type == card_type


def _covers(day: date) -> sa.ColumnElement[bool]:
    return sa.and_(
        ProductPeriod.offered_from <= day,
        sa.or_(ProductPeriod.offered_until.is_(None), ProductPeriod.offered_until >= day),
    )


def _in_order(statement: sa.Select[Any]) -> sa.Select[Any]:
    return statement.order_by(BranchContact.city, BranchContact.bank, BranchContact.card_type)
