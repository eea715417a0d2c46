"""Branch contacts, for platform administrators."""

from __future__ import annotations

from marshmallow import fields

from services.card import commands
from services.card.domain import Bank
from services.card.schemas.shared import Card, PersonToCall, Untrimmed
from services.chassis.schema import (
    Answer,
    Id,
    PageRequest,
    RegionCode,
    Request,
    Text,
    Timestamp,
    one_of,
    page_of,
    whole_number,
)

MAX_IMPORT_CHARACTERS = 300_000


class ListBranchContacts(PageRequest):
    """``GET /card/branch-contacts`` and ``GET /card/branch-contacts/history``."""

    class Meta:
        command = commands.ListBranchContacts

    limit = whole_number(min=1, max=100, load_default=100)
    region = RegionCode(load_default=None)
    bank = one_of(Bank, load_default=None)


class BranchContact(Card):
    """A contact, where it comes from (``shipped`` or ``imported``), and from when until when it counts."""

    branch_contact_id = Id()
    branch = fields.String()
    contact = fields.Nested(PersonToCall)
    source = fields.String()
    valid_from = Timestamp()
    valid_until = Timestamp(allow_none=True)


BranchContactPage = page_of(BranchContact)


class PreviewImport(Request):
    """``POST /card/branch-contacts/preview``: the notice's own text, or a CSV."""

    class Meta:
        command = commands.PreviewImport

    format = one_of(("notice", "csv"), required=True)
    text = Untrimmed(max=MAX_IMPORT_CHARACTERS, required=True)


class ImportBranchContacts(PreviewImport):
    """``POST /card/branch-contacts/import``: all of it, or nothing; with ``digest``, what was previewed or nothing."""

    class Meta:
        command = commands.ImportBranchContacts

    digest = Text(max=64, load_default=None, allow_none=True)


class ImportChanges(Answer):
    """What the text changes; branches that it does not name stay as they are."""

    added = fields.Integer()
    replaced = fields.Integer()
    unchanged = fields.Integer()
    not_named = fields.Integer()


class BranchContactsImported(Answer):
    """What the text holds (``banks``: in how many cities each is), and what it changes."""

    contacts = fields.Integer()
    cities = fields.Integer()
    banks = fields.Dict(keys=fields.String(), values=fields.Integer())
    changes = fields.Nested(ImportChanges)


class NewContact(Card):
    """A contact as the text has it, and the line on which it stands."""

    branch = fields.String()
    contact = fields.Nested(PersonToCall)
    line = fields.Integer()


class ReplacedContact(NewContact):
    """The same, and what it takes the place of."""

    former_branch = fields.String()
    former_contact = fields.Nested(PersonToCall)


class ImportPreview(BranchContactsImported):
    """What an import would change, in full; its ``digest`` makes sure that nothing else is done."""

    digest = fields.String()
    added = fields.List(fields.Nested(NewContact))
    replaced = fields.List(fields.Nested(ReplacedContact))
    unchanged = fields.List(fields.Nested(BranchContact))
    not_named = fields.List(fields.Nested(BranchContact))
