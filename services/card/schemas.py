"""Card's requests and answers, for RPC and HTTP alike."""

from __future__ import annotations

from typing import Any

from marshmallow import fields

from services.card import commands
from services.card.domain import BANK_STATUSES, Bank, CardType
from services.chassis.schema import (
    Answer,
    Day,
    Id,
    Mobile,
    PageRequest,
    RegionCode,
    Request,
    Text,
    Timestamp,
    list_of,
    one_of,
    page_of,
    whole_number,
)

MAX_GROUP = 2000
MAX_IMPORT_CHARACTERS = 300_000


class Untrimmed(Text):
    """Text of many lines that keeps its first blank ones: errors name lines by their number."""

    def __init__(self, *, max: int, **kwargs: Any) -> None:
        super().__init__(max=max, multiline=True, **kwargs)

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> str:
        super()._deserialize(value, attr, data, **kwargs)
        return str(value)


class Code(fields.Enum):
    """A word of a closed list, as the enum that the domain knows it by."""

    def __init__(self, enum: Any, **kwargs: Any) -> None:
        words = ", ".join(member.value for member in enum)
        unknown = f"not_a_choice|应为以下之一：{words}|must be one of {words}"
        super().__init__(enum, by_value=True, error_messages={"unknown": unknown, "must_be_one_of": unknown}, **kwargs)


class PersonToCall(Answer):
    """Somebody at a branch, or the bank's hotline."""

    name = fields.String()
    phone = fields.String()


class Place(Answer):
    """A city in which the card can be had, and from which banks."""

    city = fields.String()
    city_name = fields.String()
    banks = fields.List(fields.String())


# products ---------------------------------------------------------------------------------------------------------


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


# applications -----------------------------------------------------------------------------------------------------


class GivenConsent(Request):
    """The consent text that was agreed to, and the bank it names (its code or its name)."""

    class Meta:
        command = commands.GivenConsent

    version = Text(max=20, required=True)
    recipient = Text(max=40, required=True)


class Apply(Request):
    """``POST /card/applications``. Without ``clothing_size`` the one in the profile counts."""

    class Meta:
        command = commands.Apply

    bank = Code(Bank, required=True)
    card_type = Code(CardType, required=True)
    region = RegionCode(required=True)
    address = Text(max=200, required=True)
    clothing_size = Text(max=10, load_default=None)
    consent = fields.Nested(GivenConsent, load_default=None, allow_none=True)


class Consent(Answer):
    """The consent an application rests on."""

    version = fields.String()
    recipient = fields.String()
    at = Timestamp()


class StatusEntry(Answer):
    """One step of an application."""

    status = fields.String()
    status_name = fields.String()
    reason = fields.String(allow_none=True)
    at = Timestamp()


class Application(Answer):
    """An application with the contact it was routed to, and every step so far."""

    application_id = Id()
    application_no = fields.String()
    bank = fields.String()
    bank_name = fields.String()
    card_type = fields.String()
    card_type_name = fields.String()
    region = fields.String()
    city = fields.String()
    city_name = fields.String()
    branch = fields.String()
    hotline = fields.String()
    contact = fields.Nested(PersonToCall)
    clothing_size = fields.String(allow_none=True)
    status = fields.String()
    status_name = fields.String()
    reason = fields.String(allow_none=True)
    consent = fields.Nested(Consent)
    submitted_at = Timestamp()
    history = fields.List(fields.Nested(StatusEntry))


ApplicationPage = page_of(Application)


class ListMyApplications(PageRequest):
    """``GET /me/card-applications``."""

    class Meta:
        command = commands.ListMyApplications


class CancelApplication(Request):
    """``POST /card/applications/{application_id}/cancellation``."""

    class Meta:
        command = commands.CancelApplication

    application_id = Id(required=True)


# groups -----------------------------------------------------------------------------------------------------------


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


# the banks --------------------------------------------------------------------------------------------------------


class ReportStatus(Request):
    """``POST /partner/card/applications/{application_no}/status``, as the gateway passes it on: the raw body and
    the three headers of Standard Webhooks. The body itself is :class:`BankReport`."""

    class Meta:
        command = commands.ReportStatus

    application_no = Text(max=64, required=True)
    body_base64 = Text(min=0, max=100_000, required=True)
    webhook_id = Text(min=0, max=256, required=True)
    webhook_timestamp = Text(min=0, max=32, required=True)
    webhook_signature = Text(min=0, max=4000, required=True)


class BankReport(Request):
    """What a bank reports. ``application_no``, if it is given, must be the one in the address: then the signature
    covers it too."""

    class Meta:
        command = commands.BankReport

    status = one_of(BANK_STATUSES, required=True)
    reason = Text(max=200, load_default=None, allow_none=True)
    at = Timestamp(load_default=None, allow_none=True)
    application_no = Text(max=64, load_default=None, allow_none=True)


class ReportTaken(Answer):
    """What the platform made of the report; ``changed`` is false when the status was known already."""

    application_no = fields.String()
    status = fields.String()
    changed = fields.Boolean()


class ListUnknownReports(PageRequest):
    """``GET /card/unknown-reports``, for platform administrators."""

    class Meta:
        command = commands.ListUnknownReports


class UnknownReport(Answer):
    """A signed report on a number that this bank was never given."""

    report_id = Id()
    bank = fields.String()
    application_no = fields.String()
    status = fields.String()
    why = fields.String()
    received_at = Timestamp()


UnknownReportPage = page_of(UnknownReport)


# branch contacts --------------------------------------------------------------------------------------------------


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
