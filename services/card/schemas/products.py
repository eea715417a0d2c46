"""Which cards can be had where, and what an applicant agrees to."""

from __future__ import annotations

from marshmallow import fields

from services.card import commands
from services.card.schemas.shared import PersonToCall
from services.chassis.schema import Answer, PageRequest, RegionCode, page_of


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


class Product(Answer):
    """A card that a branch issues. ``contact`` is null for who is not signed in; the hotline is for everybody."""

    bank = fields.String()
    bank_name = fields.String()
    card_type = fields.String()
    card_type_name = fields.String()
    city = fields.String()
    city_name = fields.String()
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
