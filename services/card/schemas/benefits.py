"""What comes with a volunteer's card."""

from __future__ import annotations

from marshmallow import fields

from services.card import commands
from services.card.domain.clothing import ClothingSize
from services.card.schemas.shared import Code
from services.chassis.schema import Answer, Request, Timestamp


class ListMyBenefits(Request):
    """``GET /me/card-benefits``."""

    class Meta:
        command = commands.ListMyBenefits


class ChangeClothingSize(Request):
    """``PUT /me/card-benefits/clothing-size``."""

    class Meta:
        command = commands.ChangeClothingSize

    clothing_size = Code(ClothingSize, required=True)


class Insurance(Answer):
    """From the card's activation on."""

    application_no = fields.String()
    started_at = Timestamp()
    up_to_yuan = fields.Integer()


class Clothing(Answer):
    """From the first spend on; without a size it waits for one, and ``ordered_at`` is null."""

    application_no = fields.String()
    earned_at = Timestamp()
    clothing_size = fields.String(allow_none=True)
    ordered_at = Timestamp(allow_none=True)


class Benefits(Answer):
    """What is null has not come yet. ``clothing_size`` is what would be ordered."""

    insurance = fields.Nested(Insurance, allow_none=True)
    clothing = fields.Nested(Clothing, allow_none=True)
    clothing_size = fields.String(allow_none=True)
    size_may_change = fields.Boolean()
