"""Sub-platforms: cities and universities with a domain and a look of their own (notice, attachment 2)."""

from __future__ import annotations

from typing import Any

from services.chassis.errors import FieldError, Invalid
from services.chassis.uploads import FindUploadsInUse
from services.organization import commands
from services.organization.domain import Role, host_name
from services.organization.repository import OrganizationUnitOfWork

LOGO_PATH = "/v1/site/logo"
_SHOWN = ("organization_id", "domain", "title", "logo_url", "logo_upload_id", "primary_color", "accent_color")


def get_site(query: commands.GetSite, uow: OrganizationUnitOfWork) -> dict[str, Any]:
    """How the platform looks under ``host`` (with or without a port); the main site for a Host of nobody's."""
    site = uow.sites.by_domain(host_name(query.host))
    if site is not None:
        return _shown({name: getattr(site, name) for name in _SHOWN})
    root = uow.tree.root()
    return {
        "main": True,
        "organization_id": None if root is None else root.id,
        "domain": None,
        "title": uow.settings.site_title,
        "logo_url": None,
        "logo_upload_id": None,
        "primary_color": uow.settings.site_color,
        "accent_color": None,
    }


def put_site(command: commands.PutSite, uow: OrganizationUnitOfWork) -> dict[str, Any]:
    """Give an organization a site, or change it. Raises ``NotFound``, ``Forbidden``; ``Invalid`` for a taken domain."""
    uow.tree.require(command.organization_id, Role.OWNER)
    if not uow.sites.put(**vars(command), updated_at=uow.clock.now()):
        raise Invalid(FieldError("domain", "taken", "该域名已被其他组织使用", "belongs to another organization's site"))
    uow.audit("site.put", f"organization:{command.organization_id}", domain=command.domain)
    return _shown(vars(command))


def uploads_in_use(query: FindUploadsInUse, uow: OrganizationUnitOfWork) -> dict[str, Any]:
    """Those that are a sub-platform's logo."""
    uow.caller.require_service("gateway")
    return {"upload_ids": uow.sites.logos_among(query.upload_ids)}


def _shown(site: dict[str, Any]) -> dict[str, Any]:
    """A logo that was handed in as a file is shown under the site's own Host."""
    logo_url = LOGO_PATH if site["logo_upload_id"] is not None else site["logo_url"]
    return {**site, "main": False, "logo_url": logo_url}
