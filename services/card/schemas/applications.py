"""A volunteer's own applications."""

from __future__ import annotations

from marshmallow import fields

from services.card import commands
from services.card.domain import Bank, CardType
from services.card.schemas.shared import Code, PersonToCall
from services.chassis.schema import Answer, Id, PageRequest, RegionCode, Request, Text, Timestamp, page_of


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
