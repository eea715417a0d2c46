"""Sub-platforms by their Host: which one a request came to, whose it is, and its logo.

Why this module exists: only HTTP knows the Host. A route that takes ``site=true`` (lists), or that has no organization
named (a registration), gets the organization of the sub-platform that the client came to; the main site names none.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from marshmallow import fields
from starlette.requests import Request as HttpRequest
from starlette.responses import Response

from services.activity.schemas.search import SearchActivities
from services.chassis.context import Caller
from services.chassis.errors import FieldError, Invalid, NotFound
from services.chassis.schema import Id
from services.identity.schemas.requests import RegisterVolunteer
from services.organization.schemas.tree import ListOrganizations

if TYPE_CHECKING:
    from gateway.app import Gateway

LOGO_TYPES = ("image/jpeg", "image/png", "image/webp")
_SITE = {"description": "true: only what belongs to the sub-platform of this Host"}


class ListOrganizationsOfSite(ListOrganizations):
    """``GET /organizations``, of the sub-platform alone with ``site=true``."""

    class Meta:
        command = None

    site = fields.Boolean(load_default=False, metadata=_SITE)


class SearchActivitiesOfSite(SearchActivities):
    """``GET /activities``, of the sub-platform alone with ``site=true``."""

    class Meta:
        command = None

    site = fields.Boolean(load_default=False, metadata=_SITE)


class RegisterVolunteerAtSite(RegisterVolunteer):
    """``POST /volunteers``; on a sub-platform its organization is the home organization, unless another is named."""

    class Meta:
        command = None

    organization_id = Id(load_default=None)


def host_of(request: HttpRequest) -> str:
    """The Host that a client named."""
    return request.headers.get("host", "")[:300]


async def site_of(request: HttpRequest, caller: Caller, gateway: Gateway) -> Any:
    """How the platform looks under this Host: organization's ``get_site``."""
    return await gateway.rpc.call("organization.get_site", {"host": host_of(request)}, caller, deadline=5)


async def filter_by_site(
    request: HttpRequest, caller: Caller, payload: dict[str, Any], gateway: Gateway
) -> dict[str, Any]:
    """``site=true`` becomes the organization of the sub-platform."""
    wanted = fields.Boolean().deserialize(payload.get("site", False))
    payload = {name: value for name, value in payload.items() if name != "site"}
    return await home_by_site(request, caller, payload, gateway) if wanted else payload


async def home_by_site(
    request: HttpRequest, caller: Caller, payload: dict[str, Any], gateway: Gateway
) -> dict[str, Any]:
    """Where no organization is named, that of the sub-platform; none on the main site."""
    if "organization_id" in payload:
        return payload
    site = await site_of(request, caller, gateway)
    return payload if site["main"] else {**payload, "organization_id": site["organization_id"]}


async def check_logo(
    _request: HttpRequest, caller: Caller, payload: dict[str, Any], gateway: Gateway
) -> dict[str, Any]:
    """A logo is an image that whoever sets it has handed in; raises ``Invalid``."""
    upload_id = payload.get("logo_upload_id")
    if upload_id is None:
        return payload
    try:
        upload = await asyncio.to_thread(gateway.uploads.find, Id().deserialize(upload_id))
    except NotFound:
        upload = None
    if upload is None or upload.owner != caller.require_account():
        raise Invalid(FieldError("logo_upload_id", "unknown_upload", "没有这个文件", "is no file of yours"))
    if upload.content_type not in LOGO_TYPES:
        raise Invalid(FieldError("logo_upload_id", "not_an_image", "应为图片", "must be an image"))
    return payload


async def show_logo(request: HttpRequest, caller: Caller, gateway: Gateway) -> Response:
    """The logo of the sub-platform of this Host; raises ``NotFound`` where it has handed in none."""
    site = await site_of(request, caller, gateway)
    if site["logo_upload_id"] is None:
        raise NotFound(what="logo")
    upload = await asyncio.to_thread(gateway.uploads.find, site["logo_upload_id"])
    content = await asyncio.to_thread(gateway.uploads.read, upload.upload_id)
    return Response(content, media_type=upload.content_type, headers={"Content-Security-Policy": "sandbox"})
