"""Sub-platforms: cities and universities with a domain and a look of their own (notice, attachment 2)."""

from __future__ import annotations

from typing import Any

from services.chassis.errors import FieldError, Invalid
from services.organization import commands
from services.organization.domain import Role
from services.organization.repository import OrganizationUnitOfWork


def get_site(query: commands.GetSite, uow: OrganizationUnitOfWork) -> dict[str, Any]:
    """How the platform looks under ``host`` (with or without a port); the main site for a Host of nobody's."""
    site = uow.sites.by_domain(query.host.partition(":")[0].rstrip(".").lower())
    if site is not None:
        shown = ("organization_id", "domain", "title", "logo_url", "primary_color")
        return {"main": False, **{name: getattr(site, name) for name in shown}}
    root = uow.tree.root()
    return {
        "main": True,
        "organization_id": None if root is None else root.id,
        "domain": None,
        "title": uow.settings.site_title,
        "logo_url": None,
        "primary_color": uow.settings.site_color,
    }


def put_site(command: commands.PutSite, uow: OrganizationUnitOfWork) -> dict[str, Any]:
    """Give an organization a site, or change it. Raises ``NotFound``, ``Forbidden``; ``Invalid`` for a taken domain."""
    uow.tree.require(command.organization_id, Role.OWNER)
    if not uow.sites.put(**vars(command), updated_at=uow.clock.now()):
        raise Invalid(FieldError("domain", "taken", "该域名已被其他组织使用", "belongs to another organization's site"))
    uow.audit("site.put", f"organization:{command.organization_id}", domain=command.domain)
    return {"main": False, **vars(command)}
