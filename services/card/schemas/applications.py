"""A volunteer's own applications."""

from __future__ import annotations

from marshmallow import fields

from services.card import commands
from services.card.domain import Bank, CardType, Status
from services.card.domain.clothing import ClothingSize
from services.card.schemas.shared import Card, Code, PersonToCall
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
    one_of,
    page_of,
)


class GivenConsent(Request):
    """The consent text that was agreed to, and the bank it names (its code or its name)."""

    class Meta:
        command = commands.GivenConsent

    version = Text(max=20, required=True)
    recipient = Text(max=40, required=True)


class Guardian(Request):
    """Who agrees for a young applicant, and comes to the branch along."""

    class Meta:
        command = commands.Guardian

    name = Text(max=50, required=True)
    phone = Mobile(required=True)
    consent = fields.Boolean(required=True)


class Apply(Request):
    """``POST /card/applications``. Without ``clothing_size`` the one in the profile counts; a ``guardian`` is needed
    below an age, and forgotten at once above it."""

    class Meta:
        command = commands.Apply

    bank = Code(Bank, required=True)
    card_type = Code(CardType, required=True)
    region = RegionCode(required=True)
    address = Text(max=200, required=True)
    clothing_size = Code(ClothingSize, load_default=None, allow_none=True)
    consent = fields.Nested(GivenConsent, load_default=None, allow_none=True)
    guardian = fields.Nested(Guardian, load_default=None, allow_none=True)


class Consent(Answer):
    """The consent an application rests on, in the words of then (PIPL 23); ``given_by``: ``oneself`` or ``guardian``,
    ``at`` a moment; ``provided_at`` data went to the bank."""

    version = fields.String()
    recipient = fields.String()
    recipient_name = fields.String()
    purpose = fields.String()
    method = fields.String()
    data = fields.List(fields.String())
    text = fields.String()
    given_by = fields.String()
    at = Timestamp()
    provided_at = Timestamp(allow_none=True)


class StatusEntry(Answer):
    """One step of an application; ``branch`` and ``contact``, where it went to, stand at ``routed`` alone."""

    status = fields.String()
    status_name = fields.String()
    reason = fields.String(allow_none=True)
    at = Timestamp()
    branch = fields.String(allow_none=True)
    contact = fields.Nested(PersonToCall, allow_none=True)


class Application(Card):
    """An application with the contact it was routed to, and every step so far.

    ``former_application_no``: the one before, if that ended without a card; ``group_id``: the group it came from.
    ``consent`` is null once its record has been kept for the years that the law asks for.
    """

    application_id = Id()
    application_no = fields.String()
    former_application_no = fields.String(allow_none=True)
    group_id = Id(allow_none=True)
    region = fields.String()
    branch = fields.String()
    hotline = fields.String()
    contact = fields.Nested(PersonToCall)
    clothing_size = fields.String(allow_none=True)
    status = fields.String()
    status_name = fields.String()
    reason = fields.String(allow_none=True)
    consent = fields.Nested(Consent, allow_none=True)
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


# for platform administrators --------------------------------------------------------------------------------------


class ListApplications(PageRequest):
    """``GET /card/applications``. ``region`` may be a district; ``from`` and ``to`` are days of submission."""

    class Meta:
        command = commands.ListApplications

    bank = one_of(Bank, load_default=None)
    status = one_of(Status, load_default=None)
    region = RegionCode(load_default=None)
    from_day = Day(data_key="from", load_default=None)
    to_day = Day(data_key="to", load_default=None)


class ListOverdueApplications(PageRequest):
    """``GET /card/overdue-applications``."""

    class Meta:
        command = commands.ListOverdueApplications

    bank = one_of(Bank, load_default=None)


class OverseenApplication(Card):
    """Somebody's application, without anything of the person. ``moved_at``: its last step; ``escalation_level``: how
    many times the bank has let its working days pass since then."""

    application_id = Id()
    application_no = fields.String()
    volunteer_id = Id()
    region = fields.String()
    branch = fields.String()
    status = fields.String()
    status_name = fields.String()
    submitted_at = Timestamp()
    moved_at = Timestamp()
    working_days_waiting = fields.Integer()
    escalation_level = fields.Integer()


OverseenApplicationPage = page_of(OverseenApplication)
