"""An organization asks the bank to come."""

from __future__ import annotations

from marshmallow import fields

from services.card import commands
from services.card.domain import Bank, CardType
from services.card.schemas.shared import Code, PersonToCall
from services.chassis.schema import Answer, Day, Id, Mobile, RegionCode, Request, Text, Timestamp, list_of

MAX_GROUP = 2000


class GroupContact(Request):
    """Whom the bank should call."""

    class Meta:
        command = commands.GroupContact

    name = Text(max=50, required=True)
    phone = Mobile(required=True)


class ApplyAsGroup(Request):
    """``POST /card/group-applications``. How many are enough is a rule, not a shape: 29 get their own answer."""

    class Meta:
        command = commands.ApplyAsGroup

    organization_id = Id(required=True)
    region = RegionCode(required=True)
    bank = Code(Bank, required=True)
    card_type = Code(CardType, required=True)
    volunteer_ids = list_of(Id(), max=MAX_GROUP, required=True)
    address = Text(max=200, required=True)
    preferred_dates = list_of(Day(), min=1, max=5, required=True)
    contact = fields.Nested(GroupContact, required=True)


class GroupApplication(Answer):
    """The visit that was asked for, and whom to call at the bank."""

    group_id = Id()
    status = fields.String()
    organization_id = Id()
    bank = fields.String()
    bank_name = fields.String()
    card_type = fields.String()
    city = fields.String()
    city_name = fields.String()
    member_count = fields.Integer()
    preferred_dates = fields.List(Day())
    branch = fields.String()
    hotline = fields.String()
    branch_contact = fields.Nested(PersonToCall)
    requested_at = Timestamp()
