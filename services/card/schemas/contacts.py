"""Branch contacts, for platform administrators."""

from __future__ import annotations

from marshmallow import fields

from services.card import commands
from services.card.domain import Bank
from services.card.schemas.shared import PersonToCall, Untrimmed
from services.chassis.schema import (
    Answer,
    Id,
    PageRequest,
    RegionCode,
    Request,
    Timestamp,
    one_of,
    page_of,
    whole_number,
)

MAX_IMPORT_CHARACTERS = 300_000


class ListBranchContacts(PageRequest):
    """``GET /card/branch-contacts``, for platform administrators."""

    class Meta:
        command = commands.ListBranchContacts

    limit = whole_number(min=1, max=100, load_default=100)
    region = RegionCode(load_default=None)
    bank = one_of(Bank, load_default=None)


class BranchContact(Answer):
    """A contact that is in force, and where it comes from (``shipped`` or ``imported``)."""

    branch_contact_id = Id()
    city = fields.String()
    city_name = fields.String()
    bank = fields.String()
    bank_name = fields.String()
    card_type = fields.String()
    card_type_name = fields.String()
    branch = fields.String()
    contact = fields.Nested(PersonToCall)
    source = fields.String()
    valid_from = Timestamp()


BranchContactPage = page_of(BranchContact)


class ImportBranchContacts(Request):
    """``POST /card/branch-contacts/import``: the notice's own text, or a CSV. All of it, or nothing."""

    class Meta:
        command = commands.ImportBranchContacts

    format = one_of(("notice", "csv"), required=True)
    text = Untrimmed(max=MAX_IMPORT_CHARACTERS, required=True)


class ImportChanges(Answer):
    """What the text changed; branches that it does not name stay as they are."""

    added = fields.Integer()
    replaced = fields.Integer()
    unchanged = fields.Integer()


class BranchContactsImported(Answer):
    """What the text holds (``banks``: in how many cities each is), and what it changed."""

    contacts = fields.Integer()
    cities = fields.Integer()
    banks = fields.Dict(keys=fields.String(), values=fields.Integer())
    changes = fields.Nested(ImportChanges)
