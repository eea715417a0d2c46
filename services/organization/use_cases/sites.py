"""Sub-platforms: cities and universities with a domain and a look of their own (notice, attachment 2).

Whoever owns an organization may claim a domain, and shows nothing under it before the platform has looked whose it is:
the root's owners and platform administrators approve it, unless it lies below a domain of the platform's own.
"""

from __future__ import annotations

from typing import Any

from services.chassis.errors import FieldError, Forbidden, Invalid, NotFound
from services.chassis.pagination import PageResult
from services.chassis.uploads import FindUploadsInUse
from services.organization import commands
from services.organization.commands.sites import ListWaitingSites
from services.organization.domain import Role, host_name
from services.organization.errors import DomainTaken
from services.organization.models import Site
from services.organization.repository import OrganizationUnitOfWork

LOGO_PATH = "/v1/site/logo"
_LOOKS = ("organization_id", "domain", "title", "logo_upload_id", "primary_color", "accent_color")


def get_site(query: commands.GetSite, uow: OrganizationUnitOfWork) -> dict[str, Any]:
    """How the platform looks under ``host`` (with or without a port); the main site for a Host of nobody's."""
    site = uow.sites.by_domain(host_name(query.host))
    if site is not None:
        return _shown(site)
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
        "approved": True,
    }


def put_site(command: commands.PutSite, uow: OrganizationUnitOfWork) -> dict[str, Any]:
    """Give an organization a site, or change it; another domain than before waits for its approval.

    Raises ``NotFound``, ``Forbidden``; ``Invalid`` for a taken domain.
    """
    uow.tree.require(command.organization_id, Role.OWNER)
    uow.tree.lock(command.organization_id)
    former = uow.sites.lock(command.organization_id)
    approved_at = former.approved_at if former is not None and former.domain == command.domain else None
    if approved_at is None and _needs_no_approval(command.domain, uow):
        approved_at = uow.clock.now()
    if not uow.sites.put(**vars(command), updated_at=uow.clock.now(), approved_at=approved_at):
        raise Invalid(FieldError("domain", "taken", "该域名已被其他组织使用", "belongs to another organization's site"))
    uow.audit("site.put", f"organization:{command.organization_id}", domain=command.domain)
    site = uow.sites.lock(command.organization_id)
    assert site is not None  # it was put
    return _shown(site)


def list_waiting_sites(query: ListWaitingSites, uow: OrganizationUnitOfWork) -> PageResult[Any]:
    """What waits for an approval, oldest first. Raises ``Forbidden``."""
    _require_approver(uow)
    page = uow.page(
        uow.sites.waiting(),
        [Site.updated_at, Site.organization_id],
        limit=query.limit,
        cursor=query.cursor,
        scope="sites:waiting",
    )
    return PageResult([_shown(site) for site in page.items], page.next_cursor)


def approve_site(command: commands.OrganizationById, uow: OrganizationUnitOfWork) -> dict[str, Any]:
    """The domain is the organization's; one that was approved stays so.

    Raises ``NotFound``, ``Forbidden``, ``DomainTaken``.
    """
    _require_approver(uow)
    site = uow.sites.lock(command.organization_id)
    if site is None:
        raise NotFound(what="site")
    if site.approved_at is None:
        if not uow.sites.approve(site):
            raise DomainTaken()
        uow.audit("site.approve", f"organization:{site.organization_id}", domain=site.domain)
    return _shown(site)


def uploads_in_use(query: FindUploadsInUse, uow: OrganizationUnitOfWork) -> dict[str, Any]:
    """Those that are a sub-platform's logo."""
    uow.caller.require_service("gateway")
    return {"upload_ids": uow.sites.logos_among(query.upload_ids)}


def _needs_no_approval(domain: str, uow: OrganizationUnitOfWork) -> bool:
    below_own = any(domain.endswith(f".{base}") for base in uow.settings.base_domains)
    return below_own or _may_approve(uow)


def _may_approve(uow: OrganizationUnitOfWork) -> bool:
    root = uow.tree.root()
    return uow.caller.kind == "platform" or (root is not None and uow.organizations.reaches(root.id, Role.OWNER))


def _require_approver(uow: OrganizationUnitOfWork) -> None:
    uow.caller.require_signed_in()
    if not _may_approve(uow):
        raise Forbidden()


def _shown(site: Site) -> dict[str, Any]:
    """A logo that was handed in as a file is shown under the site's own Host."""
    looks = {name: getattr(site, name) for name in _LOOKS}
    logo_url = LOGO_PATH if site.logo_upload_id is not None else site.logo_url
    return {**looks, "main": False, "logo_url": logo_url, "approved": site.approved_at is not None}
