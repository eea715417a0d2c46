"""Sub-platforms, adoption receipts and supervision."""

from __future__ import annotations

import re
from typing import Any

import marshmallow as ma
from marshmallow import fields, validate

from services.chassis.schema import (
    Answer,
    Day,
    Id,
    Mobile,
    PageRequest,
    Request,
    Text,
    Timestamp,
    list_of,
    one_of,
    page_of,
    rule,
    whole_number,
)
from services.organization import commands
from services.organization.domain import Indicator, host_name


def _matching(pattern: str, code: str, zh: str, en: str) -> validate.Regexp:
    return validate.Regexp(rf"\A(?:{pattern})\Z", error=rule(code, zh, en))


_DOMAIN = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+(?:[a-z]{2,63}|xn--[a-z0-9-]{0,58}[a-z0-9])")
_COLOR = _matching(r"#[0-9a-fA-F]{6}", "bad_color", "应为 #RRGGBB", "must be #rrggbb")
_HTTPS = _matching(r"https://[^\s\"'<>]+", "bad_url", "应为 https 地址", "must be an https address")


class DomainName(Text):
    """A domain name in any script, as DNS knows it (lower case, Punycode)."""

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> str:
        given = super()._deserialize(value, attr, data, **kwargs)
        name = host_name(given)
        if ":" in given or not _DOMAIN.fullmatch(name) or len(name) > 253:
            raise ma.ValidationError(rule("bad_domain", "域名格式不正确", "is not a domain name"))
        return name


class GetSite(Request):
    """``GET /site``; the gateway adds the Host."""

    class Meta:
        command = commands.GetSite

    host = Text(min=0, max=1000, required=True)


class Site(Answer):
    """How the platform looks. ``main``: no sub-platform has this Host. ``organization_id``: whose it is.

    ``approved`` false: the domain waits for its approval, and shows the main site until then.
    ``logo_upload_id``: the file that ``GET /site/logo`` shows under this Host, where a file was handed in.
    """

    main = fields.Boolean()
    organization_id = Id(allow_none=True)
    domain = fields.String(allow_none=True)
    title = fields.String()
    logo_url = fields.String(allow_none=True)
    logo_upload_id = Id(allow_none=True)
    primary_color = fields.String(allow_none=True)
    accent_color = fields.String(allow_none=True)
    approved = fields.Boolean()


class PutSite(Request):
    """``PUT /organizations/{organization_id}/site``. A logo is an address, or an image handed in to ``/uploads``."""

    class Meta:
        command = commands.PutSite

    organization_id = Id(required=True)
    domain = DomainName(max=253, required=True)
    title = Text(max=50, required=True)
    logo_url = Text(max=500, load_default=None, allow_none=True, validate=_HTTPS)
    logo_upload_id = Id(load_default=None, allow_none=True)
    primary_color = Text(max=7, load_default=None, allow_none=True, validate=_COLOR)
    accent_color = Text(max=7, load_default=None, allow_none=True, validate=_COLOR)

    @ma.validates_schema
    def _one_logo(self, data: dict[str, Any], **_: Any) -> None:
        if data.get("logo_url") and data.get("logo_upload_id"):
            raise ma.ValidationError(
                rule("two_logos", "与 logo_url 二选一", "give either this or logo_url"), "logo_upload_id"
            )


class ReceiptContact(Request):
    """A person to talk to (attachment 1, 一). ``liaison``: 联络员; ``head``: 负责人."""

    role = one_of(("liaison", "head"), required=True)
    name = Text(max=50, required=True)
    post = Text(max=100, required=True)
    mobile = Mobile(required=True)
    wechat = Text(max=50, load_default=None, allow_none=True)
    remarks = Text(max=500, multiline=True, load_default=None, allow_none=True)


class ReceiptNeeds(Request):
    """What the unit needs of the platform (attachment 1, 二): whether, and in a few words what for."""

    organization_tree = fields.Boolean(load_default=False)
    organization_tree_details = Text(max=2000, multiline=True, load_default=None, allow_none=True)
    training = fields.Boolean(load_default=False)
    training_plan = Text(max=2000, multiline=True, load_default=None, allow_none=True)
    problems = Text(max=4000, multiline=True, load_default=None, allow_none=True)
    opinions = Text(max=4000, multiline=True, load_default=None, allow_none=True)


_MOST = 100_000_000


class ReceiptDeclared(Request):
    """Head counts of the unit with everything below it: what supervision divides by."""

    organizations = whole_number(min=0, max=_MOST, required=True)
    volunteers = whole_number(min=0, max=_MOST, required=True)
    league_members = whole_number(min=0, max=_MOST, required=True)


class SubmitReceipt(Request):
    """``POST /adoption-receipts``."""

    class Meta:
        command = commands.SubmitReceipt

    organization_id = Id(required=True)
    contacts = list_of(fields.Nested(ReceiptContact), min=1, max=10, required=True)
    needs = fields.Nested(ReceiptNeeds, load_default=lambda: ReceiptNeeds().parse({}))
    declared = fields.Nested(ReceiptDeclared, required=True)


class ListReceipts(PageRequest):
    """``GET /adoption-receipts``: of the caller's subtrees, or of one of them."""

    class Meta:
        command = commands.ListReceipts

    organization_id = Id(load_default=None)


class ContactAnswer(Answer):
    """A contact; name and mobile masked and the rest left out for whoever only looks."""

    role = fields.String()
    name = fields.String()
    post = fields.String()
    mobile = fields.String()
    wechat = fields.String(allow_none=True)
    remarks = fields.String(allow_none=True)


class NeedsAnswer(Answer):
    """What the unit needs."""

    organization_tree = fields.Boolean()
    organization_tree_details = fields.String(allow_none=True)
    training = fields.Boolean()
    training_plan = fields.String(allow_none=True)
    problems = fields.String(allow_none=True)
    opinions = fields.String(allow_none=True)


class DeclaredAnswer(Answer):
    """Declared head counts."""

    organizations = fields.Integer()
    volunteers = fields.Integer()
    league_members = fields.Integer()


class Receipt(Answer):
    """A receipt as it came."""

    receipt_id = Id()
    organization_id = Id()
    organization_name = fields.String()
    contacts = fields.List(fields.Nested(ContactAnswer))
    needs = fields.Nested(NeedsAnswer)
    declared = fields.Nested(DeclaredAnswer)
    submitted_at = Timestamp()


ReceiptPage = page_of(Receipt)


class GetSupervision(Request):
    """``GET /supervision``. ``as_of``: today if not said. ``since``: when activities begin to count; a year before."""

    class Meta:
        command = commands.GetSupervision

    organization_id = Id(required=True)
    as_of = Day(load_default=None)
    since = Day(load_default=None)


class Formula(Answer):
    """How the value comes about."""

    zh = fields.String()
    en = fields.String()


class IndicatorValue(Answer):
    """One indicator; ``value`` and ``target`` from 0 to 1, ``value`` None where nothing was declared."""

    indicator = fields.String()
    value = fields.Float(allow_none=True)
    numerator = fields.Integer()
    denominator = fields.Integer()
    target = fields.Float()
    formula = fields.Nested(Formula)


class WaitingOrganizations(Answer):
    """Reviews that wait: how many, since when the oldest does, and its age in calendar days."""

    waiting = fields.Integer()
    oldest_at = Timestamp(allow_none=True)
    oldest_days = fields.Integer(allow_none=True)


class WaitingMemberships(WaitingOrganizations):
    """The same; ``median_days`` is known for today alone."""

    median_days = fields.Integer(allow_none=True)


class PendingReviews(Answer):
    """What waits for review in the subtree."""

    memberships = fields.Nested(WaitingMemberships)
    organizations = fields.Nested(WaitingOrganizations)


class Supervision(Answer):
    """The indicators of supervision for one subtree.

    ``counted_at``: when the figures were counted. For an earlier day that is soon after its end, or later if the
    platform was away that night.
    """

    organization_id = Id()
    organization_name = fields.String()
    as_of = Day()
    since = Day()
    counted_at = Timestamp()
    indicators = fields.List(fields.Nested(IndicatorValue))
    pending_reviews = fields.Nested(PendingReviews)


class ListIndicatorOrganizations(PageRequest):
    """``GET /supervision/{indicator}/organizations``."""

    class Meta:
        command = commands.ListIndicatorOrganizations

    indicator = one_of(Indicator, required=True)
    organization_id = Id(required=True)
    as_of = Day(load_default=None)
    since = Day(load_default=None)


class Contribution(Answer):
    """What one organization (without those below it) adds to a figure; all of them add up to it."""

    organization_id = Id()
    name = fields.String()
    kind = fields.String()
    region = fields.String()
    numerator = fields.Integer()
    denominator = fields.Integer()


ContributionPage = page_of(Contribution)
