"""Which cards can be had where, and what an applicant agrees to."""

from __future__ import annotations

from marshmallow import fields

from services.card import commands
from services.card.domain import Bank, CardType
from services.card.schemas.shared import Card, Code, PersonToCall
from services.chassis.schema import Answer, Day, Id, PageRequest, RegionCode, Request, one_of, page_of


class Place(Answer):
    """A city in which the card can be had, and from which banks."""

    city = fields.String()
    city_name = fields.String()
    banks = fields.List(fields.String())


class FindProducts(PageRequest):
    """``GET /card/products``. ``region`` may be a district: it stands for its city."""

    class Meta:
        command = commands.FindProducts

    region = RegionCode(load_default=None)


class Product(Card):
    """A card that a branch issues. ``contact`` is null for who is not signed in; the hotline is for everybody."""

    branch = fields.String()
    hotline = fields.String()
    contact = fields.Nested(PersonToCall, allow_none=True)


class ConsentText(Answer):
    """What an applicant has to agree to, apart from everything else (PIPL 23, 30)."""

    version = fields.String()
    recipient = fields.String()
    recipient_name = fields.String()
    purpose = fields.String()
    method = fields.String()
    data = fields.List(fields.String())
    text = fields.String()


class ProductPage(page_of(Product)):  # type: ignore[misc]  # the class is made at run time
    """A page of products; ``possible`` tells where to go if there is nothing in this city."""

    possible = fields.List(fields.Nested(Place))
    hotlines = fields.Dict(keys=fields.String(), values=fields.String())
    consents = fields.List(fields.Nested(ConsentText))


# when they can be had, for platform administrators ----------------------------------------------------------------


class ListProductPeriods(PageRequest):
    """``GET /card/product-periods``."""

    class Meta:
        command = commands.ListProductPeriods

    region = RegionCode(load_default=None)
    bank = one_of(Bank, load_default=None)


class OpenProductPeriod(Request):
    """``POST /card/product-periods``. ``region`` stands for its city; ``offered_until`` is the last day."""

    class Meta:
        command = commands.OpenProductPeriod

    region = RegionCode(required=True)
    bank = Code(Bank, required=True)
    card_type = Code(CardType, required=True)
    offered_from = Day(required=True)
    offered_until = Day(load_default=None, allow_none=True)


class EndProductPeriod(Request):
    """``PATCH /card/product-periods/{period_id}``: its last day, or null if it goes on."""

    class Meta:
        command = commands.EndProductPeriod

    period_id = Id(required=True)
    offered_until = Day(required=True, allow_none=True)


class ProductPeriod(Card):
    """From which day until which a bank offers a card in a city."""

    period_id = Id()
    offered_from = Day()
    offered_until = Day(allow_none=True)


ProductPeriodPage = page_of(ProductPeriod)
