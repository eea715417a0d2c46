"""From when until when a bank offers a card in a city: kept apart from who answers for it there.

Why this module exists: a bank stops issuing a card somewhere while its branch still answers for the applications that
are under way, so ending a product touches no contact (docs/adr/0035). A place whose contact was imported, and of which
nobody has said more, offers its card from that day on: that is what the notice's list means.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from services.card import commands
from services.card.errors import PeriodsOverlap
from services.card.models import ProductPeriod
from services.card.repository import CardUnitOfWork
from services.card.repository.branches import narrowed
from services.card.use_cases.showing import show_place
from services.chassis.clock import local_day
from services.chassis.errors import FieldError, Invalid, NotFound
from services.chassis.ids import new_id
from services.chassis.regions import city_of

_KEYS = (ProductPeriod.city, ProductPeriod.bank, ProductPeriod.card_type, ProductPeriod.offered_from, ProductPeriod.id)


def list_periods(query: commands.ListProductPeriods, uow: CardUnitOfWork) -> dict[str, Any]:
    """All periods, those that are over included; for platform administrators."""
    uow.caller.require_platform()
    statement = narrowed(uow.products.periods(), ProductPeriod, query.region, query.bank)
    scope = f"product-periods:{query.region}:{query.bank}"
    page = uow.page(statement, _KEYS, limit=query.limit, cursor=query.cursor, scope=scope)
    return {"items": [_show(period) for period in page.items], "next_cursor": page.next_cursor}


def open_period(command: commands.OpenProductPeriod, uow: CardUnitOfWork) -> dict[str, Any]:
    """A bank offers a card in a city, from a day on; raises ``PeriodsOverlap`` while another period lasts."""
    uow.caller.require_platform()
    city = city_of(command.region)
    if city is None:
        raise Invalid(FieldError("region", "not_in_the_province", "不在本省城市内", "is in no city of the province"))
    _require_order(command.offered_from, command.offered_until)
    uow.branches.lock()
    period = ProductPeriod(
        id=new_id(),
        city=city,
        bank=command.bank.value,
        card_type=command.card_type.value,
        offered_from=command.offered_from,
        offered_until=command.offered_until,
    )
    _require_free(period, uow)
    uow.session.add(period)
    _audit("product.offered", period, uow)
    return _show(period)


def end_period(command: commands.EndProductPeriod, uow: CardUnitOfWork) -> dict[str, Any]:
    """Say on which day a period ends, or with null that it does not; its contacts and applications stay."""
    uow.caller.require_platform()
    uow.branches.lock()
    period = uow.products.find(command.period_id)
    if period is None:
        raise NotFound(what="product period")
    _require_order(period.offered_from, command.offered_until)
    period.offered_until = command.offered_until
    _require_free(period, uow)
    _audit("product.ended", period, uow)
    return _show(period)


def offer_what_has_no_period(uow: CardUnitOfWork) -> None:
    """Give every card that has a contact, and of which nobody has said more, a period that begins with the contact."""
    uow.session.add_all(
        ProductPeriod(
            id=new_id(),
            city=contact.city,
            bank=contact.bank,
            card_type=contact.card_type,
            offered_from=local_day(contact.valid_from),
            offered_until=None,
        )
        for contact in uow.products.without_period()
    )


def _require_order(first: date, last: date | None) -> None:
    if last is not None and last < first:
        raise Invalid(FieldError("offered_until", "before_start", "不能早于开始日期", "is before the first day"))


def _require_free(period: ProductPeriod, uow: CardUnitOfWork) -> None:
    for other in uow.products.of(period.city, period.bank, period.card_type):
        if other.id != period.id and _last(other) >= period.offered_from and _last(period) >= other.offered_from:
            raise PeriodsOverlap(offered_from=other.offered_from.isoformat())


def _last(period: ProductPeriod) -> date:
    return period.offered_until or date.max


def _audit(action: str, period: ProductPeriod, uow: CardUnitOfWork) -> None:
    uow.audit(
        action,
        f"product_period:{period.id}",
        city=period.city,
        bank=period.bank,
        card_type=period.card_type,
        offered_from=period.offered_from.isoformat(),
        offered_until=period.offered_until and period.offered_until.isoformat(),
    )


def _show(period: ProductPeriod) -> dict[str, Any]:
    return show_place(period.city, period.bank, period.card_type) | {
        "period_id": period.id,
        "offered_from": period.offered_from,
        "offered_until": period.offered_until,
    }
