"""Sub-platforms and adoption receipts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from services.chassis.pagination import AnySelect
from services.organization.domain import REVIEWING, OrganizationStatus
from services.organization.models import AdoptionReceipt, Organization, Site

if TYPE_CHECKING:
    from services.organization.repository import OrganizationUnitOfWork


class SiteRepository:
    """Sub-platforms."""

    def __init__(self, uow: OrganizationUnitOfWork) -> None:
        self._uow = uow

    def by_domain(self, domain: str) -> Site | None:
        """The approved sub-platform of an active organization."""
        return self._uow.session.scalar(
            sa.select(Site)
            .join(Organization, Organization.id == Site.organization_id)
            .where(
                Site.domain == domain,
                Site.approved_at.is_not(None),
                Organization.status == OrganizationStatus.ACTIVE,
            )
        )

    def lock(self, organization_id: str) -> Site | None:
        """An organization's site, approved or not, as it is now."""
        return self._uow.session.get(Site, organization_id, with_for_update=True, populate_existing=True)

    def waiting(self) -> AnySelect:
        """Those that wait for an approval."""
        return sa.select(Site).where(Site.approved_at.is_(None))

    def approve(self, site: Site) -> bool:
        """Show it under its domain from now on; False if that is another organization's."""
        try:
            with self._uow.session.begin_nested():
                site.approved_at = self._uow.clock.now()
        except sa.exc.IntegrityError:
            return False
        return True

    def put(self, **values: Any) -> bool:
        """Save; False if the domain is the main site's or another organization's."""
        changes = {name: value for name, value in values.items() if name != "organization_id"}
        taken = sa.exists().where(
            Site.domain == values["domain"],
            Site.organization_id != values["organization_id"],
            Site.approved_at.is_not(None),
        )
        if values["domain"] in self._uow.settings.main_domains or self._uow.session.scalar(sa.select(taken)):
            return False
        statement = insert(Site).values(**values)
        try:
            with self._uow.session.begin_nested():
                self._uow.session.execute(
                    statement.on_conflict_do_update(index_elements=["organization_id"], set_=changes)
                )
        except sa.exc.IntegrityError:  # somebody took it between the look and the insert
            return False
        return True

    def logos_among(self, upload_ids: Sequence[str]) -> Sequence[str]:
        """Those of the uploads that are a sub-platform's logo."""
        logo = sa.select(Site.logo_upload_id).where(Site.logo_upload_id.in_(upload_ids)).distinct()
        return [upload_id for upload_id in self._uow.session.scalars(logo) if upload_id is not None]


class ReceiptRepository:
    """Adoption receipts."""

    def __init__(self, uow: OrganizationUnitOfWork) -> None:
        self._uow = uow

    def visible(self, organization_id: str | None, *fitting_roles: str) -> AnySelect:
        """Receipts in the caller's subtrees, or in one of them, and whether the caller may see who is in them."""
        reachable = self._uow.organizations.reachable
        statement: AnySelect = (
            sa.select(
                AdoptionReceipt,
                Organization.name.label("organization_name"),
                reachable(AdoptionReceipt.organization_id, *REVIEWING).label("in_clear"),
            )
            .join(Organization, Organization.id == AdoptionReceipt.organization_id)
            .where(reachable(AdoptionReceipt.organization_id, *fitting_roles))
        )
        if organization_id is not None:
            statement = statement.where(
                self._uow.organizations.subtree(AdoptionReceipt.organization_id, organization_id)
            )
        return statement
