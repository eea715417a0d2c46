"""Changes of the tree's shape, and the divisions that regions are named by."""

from __future__ import annotations

from marshmallow import fields

from services.chassis.schema import Answer, Id, RegionCode, Request, Text
from services.organization.commands import shaping as commands


class MoveOrganization(Request):
    """``POST /organizations/{organization_id}/move``."""

    class Meta:
        command = commands.MoveOrganization

    organization_id = Id(required=True)
    parent_id = Id(required=True)


class DisableOrganization(Request):
    """``POST /organizations/{organization_id}/disablement``."""

    class Meta:
        command = commands.DisableOrganization

    organization_id = Id(required=True)
    reason = Text(max=500, multiline=True, required=True)


class ListDivisions(Request):
    """``GET /divisions``; ``city`` (a city's code) narrows it to the city and its districts."""

    class Meta:
        command = commands.ListDivisions

    city = RegionCode(load_default=None)


class Division(Answer):
    """A division by its code (GB/T 2260). ``city``: the code of the city it lies in; None for the province."""

    code = fields.String()
    name = fields.String()
    city = fields.String(allow_none=True)


class Divisions(Answer):
    """All of them at once: there are fewer than 150."""

    items = fields.List(fields.Nested(Division))
