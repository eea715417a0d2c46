"""The tree, its administrators and its members."""

from __future__ import annotations

from typing import Any

import marshmallow as ma
from marshmallow import fields

from services.chassis.schema import (
    Answer,
    Day,
    Id,
    PageRequest,
    RegionCode,
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
from services.organization.domain import Kind, MembershipStatus, Role, is_uscc


class Uscc(fields.String):
    """A unified social credit code (GB 32100), in upper case."""

    def _deserialize(self, value: object, attr: str | None, data: object, **kwargs: object) -> str:
        code = str(super()._deserialize(value, attr, data, **kwargs)).strip().upper()
        if not is_uscc(code):
            raise ma.ValidationError(rule("bad_uscc", "统一社会信用代码有误", "is not a unified social credit code"))
        return code


class RegisterOrganization(Request):
    """What identity asks once it has checked code and principal. Over HTTP: identity's ``POST /organizations``."""

    class Meta:
        command = commands.RegisterOrganization

    organization_id = Id(required=True)
    name = Text(min=2, max=100, required=True)
    kind = one_of(Kind, required=True)
    parent_id = Id(load_default=None, allow_none=True)
    region = RegionCode(required=True)
    uscc = Uscc(load_default=None, allow_none=True)
    account_id = Id(required=True)
    principal_name = Text(max=50, required=True)
    approved_by = Id(load_default=None, allow_none=True)


class CheckRegistrations(Request):
    """Registrations that identity is about to ask for; each is read by itself, so that each has its own faults."""

    class Meta:
        command = commands.CheckRegistrations

    rows = list_of(fields.Dict(keys=fields.String()), max=500, required=True)


class Fault(Answer):
    """What is wrong with one field, in both languages."""

    field = fields.String()
    code = fields.String()
    zh = fields.String()
    en = fields.String()


class CheckedRegistrations(Answer):
    """The faults of each registration, in the order of the request."""

    items = fields.List(fields.List(fields.Nested(Fault)))


class RegisteredOrganization(Answer):
    """What identity needs to let the owner sign in at once."""

    organization_id = Id()
    status = fields.String()
    administrator_id = Id()


class OrganizationById(Request):
    """One organization."""

    class Meta:
        command = commands.OrganizationById

    organization_id = Id(required=True)


class TakesMembers(Answer):
    """The organization takes members now."""

    organization_id = Id(attribute="id")
    name = fields.String()


class Organization(Answer):
    """An organization as everybody may see it, and for those who administer or review it what concerns them."""

    organization_id = Id(attribute="id")
    name = fields.String()
    kind = fields.String()
    parent_id = Id(allow_none=True)
    region = fields.String()
    region_name = fields.String(allow_none=True)
    uscc = fields.String(allow_none=True)
    status = fields.String()
    rejection_reason = fields.String(allow_none=True)
    disablement_reason = fields.String(allow_none=True)
    registered_at = Timestamp()
    warnings = fields.List(fields.String())


OrganizationPage = page_of(Organization)


class ListOrganizations(PageRequest):
    """``GET /organizations``: the active ones, by name. ``organization_id`` takes in everything below it."""

    class Meta:
        command = commands.ListOrganizations

    query = Text(max=100, load_default=None)
    parent_id = Id(load_default=None)
    region = RegionCode(load_default=None)
    organization_id = Id(load_default=None)


class ListTree(PageRequest):
    """``GET /organizations/{organization_id}/tree``."""

    class Meta:
        command = commands.ListTree

    organization_id = Id(required=True)
    depth = whole_number(min=0, max=100, load_default=None)


class TreeNode(Organization):
    """A node of the tree; ``level`` is 0 for the top of the subtree that was asked for."""

    class Meta:
        exclude = ("rejection_reason", "disablement_reason", "registered_at", "warnings")

    level = fields.Integer()


TreePage = page_of(TreeNode)


class AmendOrganization(Request):
    """``PATCH /organizations/{organization_id}``: what is not named stays as it is."""

    class Meta:
        command = commands.AmendOrganization

    organization_id = Id(required=True)
    name = Text(min=2, max=100, load_default=None)
    region = RegionCode(load_default=None)
    uscc = Uscc(load_default=None)
    principal_name = Text(max=50, load_default=None)


class ListMembers(PageRequest):
    """``GET /organizations/{organization_id}/members``. ``query``: part of the name, or the volunteer number."""

    class Meta:
        command = commands.ListMembers

    organization_id = Id(required=True)
    status = one_of(MembershipStatus, load_default=MembershipStatus.APPROVED.value)
    query = Text(max=50, load_default=None)
    include_below = fields.Boolean(load_default=False)
    political_status = Text(max=30, load_default=None)
    joined_since = Day(load_default=None)
    joined_until = Day(load_default=None)

    @ma.post_load
    def _to_command(self, data: dict[str, Any], **_: Any) -> Any:
        return commands.ListMembers(**{"as_file": False} | data)


class ListMembersAs(ListMembers):
    """What the gateway makes of it: a client that asks for CSV or XLSX takes a file away."""

    as_file = fields.Boolean(required=True)


class Member(Answer):
    """A member, masked."""

    membership_id = Id()
    volunteer_id = Id()
    organization_id = Id()
    volunteer_no = fields.String(allow_none=True)
    name = fields.String(allow_none=True)
    cert_type = fields.String(allow_none=True)
    cert_no_masked = fields.String(allow_none=True)
    phone_masked = fields.String(allow_none=True)
    political_status = fields.String(allow_none=True)
    status = fields.String()
    submitted_at = Timestamp()
    decided_at = Timestamp(allow_none=True)


MemberPage = page_of(Member)


class RequestTransfer(Request):
    """``PUT /me/membership``."""

    class Meta:
        command = commands.RequestTransfer

    organization_id = Id(required=True)


class Membership(Answer):
    """A membership, or the request for one."""

    membership_id = Id(attribute="id")
    organization_id = Id()
    status = fields.String()
    submitted_at = Timestamp()


class ListAdministrators(PageRequest):
    """``GET /organizations/{organization_id}/administrators``."""

    class Meta:
        command = commands.ListAdministrators

    organization_id = Id(required=True)


class Administrator(Answer):
    """Who holds a role. ``name`` is None where only identity knows it."""

    administrator_id = Id()
    organization_id = Id()
    account_id = Id()
    name = fields.String(allow_none=True)
    role = fields.String()
    appointed_at = Timestamp()


AdministratorPage = page_of(Administrator)


class NamesOnePerson(Request):
    """Somebody is to have a role: exactly one of ``volunteer_no`` and ``account_id`` names the person."""

    organization_id = Id(required=True)
    volunteer_no = Text(max=30, load_default=None)
    account_id = Id(load_default=None)
    role = one_of(Role, required=True)

    @ma.validates_schema
    def _names_one_person(self, data: dict[str, object], **_: object) -> None:
        if (data.get("volunteer_no") is None) == (data.get("account_id") is None):
            raise ma.ValidationError(
                rule("one_of_two", "请填写志愿者编号或账号编号之一", "give either volunteer_no or account_id"),
                "volunteer_no",
            )


class AppointAdministrator(NamesOnePerson):
    """``POST /organizations/{organization_id}/administrators``."""

    class Meta:
        command = commands.AppointAdministrator


class DismissAdministrator(Request):
    """``DELETE /organizations/{organization_id}/administrators/{administrator_id}``."""

    class Meta:
        command = commands.DismissAdministrator

    organization_id = Id(required=True)
    administrator_id = Id(required=True)
