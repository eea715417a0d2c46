"""An organization puts a group together, its members answer, and the bank comes."""

from __future__ import annotations

from marshmallow import fields

from services.card import commands
from services.card.domain import Bank, CardType
from services.card.domain.clothing import ClothingSize
from services.card.domain.groups import VISIT_REPORTS
from services.card.schemas.applications import GivenConsent, Guardian
from services.card.schemas.products import ConsentText
from services.card.schemas.shared import Card, Code, PersonToCall
from services.card.schemas.signed import Signed
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
)

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


class Excluded(Answer):
    """Somebody who does not count, and why, by the code of a refusal."""

    volunteer_id = Id()
    code = fields.String()


class GroupApplication(Card):
    """A group, and whom to call at the bank. Who has said what stays with each; ``excluded`` names those who may not
    have this card. ``visit_on`` is the day of the visit, ``reason`` why it was called off."""

    group_id = Id()
    status = fields.String()
    status_name = fields.String()
    organization_id = Id()
    member_count = fields.Integer()
    proposed = fields.Integer()
    consented = fields.Integer()
    refused = fields.Integer()
    pending = fields.Integer()
    excluded = fields.List(fields.Nested(Excluded))
    consent_until = Timestamp(allow_none=True)
    preferred_dates = fields.List(Day())
    visit_on = Day(allow_none=True)
    reason = fields.String(allow_none=True)
    branch = fields.String()
    hotline = fields.String()
    branch_contact = fields.Nested(PersonToCall)
    requested_at = Timestamp()


GroupApplicationPage = page_of(GroupApplication)


class ListGroups(PageRequest):
    """``GET /organizations/{organization_id}/card-groups``."""

    class Meta:
        command = commands.ListGroups

    organization_id = Id(required=True)


class ChangeVisit(Request):
    """``POST /card/group-applications/{group_id}/visit``."""

    class Meta:
        command = commands.ChangeVisit

    group_id = Id(required=True)
    status = one_of(VISIT_REPORTS, required=True)
    visit_on = Day(load_default=None, allow_none=True)
    reason = Text(max=200, load_default=None, allow_none=True)


# for members ------------------------------------------------------------------------------------------------------


class ListProposals(PageRequest):
    """``GET /me/card-group-proposals``."""

    class Meta:
        command = commands.ListProposals


class ConsentToGroup(Request):
    """``POST /me/card-group-proposals/{group_id}/consent``. Without an ``address`` the card comes to where the bank
    comes; a ``guardian`` is needed below an age."""

    class Meta:
        command = commands.ConsentToGroup

    group_id = Id(required=True)
    consent = fields.Nested(GivenConsent, load_default=None, allow_none=True)
    address = Text(max=200, load_default=None, allow_none=True)
    clothing_size = Code(ClothingSize, load_default=None, allow_none=True)
    guardian = fields.Nested(Guardian, load_default=None, allow_none=True)


class OneProposal(Request):
    """``POST /me/card-group-proposals/{group_id}/refusal`` and ``…/single-application``."""

    class Meta:
        command = commands.OneProposal

    group_id = Id(required=True)


class Proposal(Card):
    """A group that one is asked to join; ``consent`` is what one would agree to. ``code``: why one's consent came to
    nothing; ``single_application_until``: until when one click makes it an application of one's own."""

    group_id = Id()
    organization_id = Id()
    organization_name = fields.String(allow_none=True)
    status = fields.String()
    status_name = fields.String()
    reply = fields.String()
    replied_at = Timestamp(allow_none=True)
    code = fields.String(allow_none=True)
    needs_guardian = fields.Boolean()
    consent_until = Timestamp()
    single_application_until = Timestamp(allow_none=True)
    preferred_dates = fields.List(Day())
    visit_on = Day(allow_none=True)
    branch = fields.String()
    consent = fields.Nested(ConsentText)


ProposalPage = page_of(Proposal)


# for banks --------------------------------------------------------------------------------------------------------


class ReportVisit(Signed):
    """``POST /partner/card/group-visits/{group_id}/status``, as the gateway passes it on. The body itself is
    :class:`VisitReport`."""

    class Meta:
        command = commands.ReportVisit

    group_id = Id(required=True)
    body_base64 = Text(min=0, max=100_000, required=True)


class VisitReport(Request):
    """What a bank reports on a visit. ``group_id``, if it is given, must be the one in the address."""

    class Meta:
        command = commands.VisitReport

    group_id = Id(load_default=None, allow_none=True)
    status = one_of(VISIT_REPORTS, required=True)
    visit_on = Day(load_default=None, allow_none=True)
    reason = Text(max=200, load_default=None, allow_none=True)


class VisitReportTaken(Answer):
    """What the platform made of it; ``changed`` is false for what it knew, or what comes after the end."""

    group_id = Id()
    status = fields.String()
    changed = fields.Boolean()
