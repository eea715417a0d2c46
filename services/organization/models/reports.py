"""Sub-platforms, and what units report."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from services.organization.models.base import UUID, Base


class Site(Base):
    """The sub-platform of an organization: its own domain and look (notice, attachment 2).

    ``approved_at``: since when the domain is taken for its own (docs/adr/0022); None: nothing is shown under it yet.
    """

    __tablename__ = "site"

    organization_id: Mapped[str] = mapped_column(UUID, sa.ForeignKey("organization.id"), primary_key=True)
    domain: Mapped[str]
    title: Mapped[str]
    logo_url: Mapped[str | None]
    logo_upload_id: Mapped[str | None] = mapped_column(UUID)
    primary_color: Mapped[str | None]
    accent_color: Mapped[str | None]
    updated_at: Mapped[datetime]
    approved_at: Mapped[datetime | None]

    __table_args__ = (
        # one that only claims a domain must not keep it from its owner
        sa.Index("uq_site_approved_domain", "domain", unique=True, postgresql_where=sa.text("approved_at IS NOT NULL")),
    )


class AdoptionReceipt(Base):
    """What a unit sent back (notice, attachment 1). The latest of an organization counts."""

    __tablename__ = "adoption_receipt"

    id: Mapped[str] = mapped_column(UUID, primary_key=True)
    organization_id: Mapped[str] = mapped_column(UUID, sa.ForeignKey("organization.id"))
    contacts: Mapped[list[Any]]
    needs: Mapped[dict[str, Any]]
    declared_organizations: Mapped[int]
    declared_volunteers: Mapped[int]
    declared_league_members: Mapped[int]
    submitted_by: Mapped[str] = mapped_column(UUID)
    submitted_at: Mapped[datetime]

    __table_args__ = (sa.Index("ix_adoption_receipt_organization", "organization_id", "submitted_at", "id"),)
