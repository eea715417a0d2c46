"""The tree, and who administers it."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from services.chassis.organizations import LTree
from services.organization import divisions
from services.organization.models.base import UUID, Base


class Organization(Base):
    """A node of the tree. ``account_id`` registered it and is told what became of it.

    ``escalates_at``: as a membership's.
    """

    __tablename__ = "organization"

    id: Mapped[str] = mapped_column(UUID, primary_key=True)
    parent_id: Mapped[str | None] = mapped_column(UUID, sa.ForeignKey("organization.id"))
    path: Mapped[str] = mapped_column(LTree)
    name: Mapped[str]
    kind: Mapped[str]
    region: Mapped[str]
    uscc: Mapped[str | None]
    status: Mapped[str]
    rejection_reason: Mapped[str | None]
    disablement_reason: Mapped[str | None]
    account_id: Mapped[str] = mapped_column(UUID)
    principal_name: Mapped[str]
    registered_at: Mapped[datetime]
    submitted_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]
    escalates_at: Mapped[datetime] = mapped_column(server_default=sa.text("'epoch'"))
    version: Mapped[int] = mapped_column(sa.BigInteger)

    @property
    def region_name(self) -> str | None:
        """The division's full name; None where the code is not listed."""
        return divisions.name_of(self.region)

    @property
    def warnings(self) -> list[str]:
        """What is doubtful and refused nobody: ``unknown_region`` for a code that the list of divisions lacks."""
        return [] if self.region_name is not None else ["unknown_region"]

    __table_args__ = (
        sa.Index("ix_organization_path", "path", postgresql_using="gist"),
        sa.Index("ix_organization_depth_first", "path"),
        sa.Index("ix_organization_parent", "parent_id", "name", "id"),
        sa.Index("ix_organization_name", "name", "id"),
        sa.Index("ix_organization_escalates", "escalates_at", postgresql_where=sa.text("status = 'pending'")),
        sa.Index("ix_organization_review", "status", "submitted_at", "id"),
        # A rejected one must not keep the name (or the root) from whoever registers properly.
        sa.Index(
            "uq_organization_sibling_name",
            sa.text("coalesce(parent_id, '00000000-0000-0000-0000-000000000000'::uuid)"),
            "name",
            unique=True,
            postgresql_where=sa.text("status <> 'rejected'"),
        ),
        sa.Index(
            "uq_organization_root",
            "kind",
            unique=True,
            postgresql_where=sa.text("kind = 'province' AND status <> 'rejected'"),
        ),
        sa.CheckConstraint("(parent_id IS NULL) = (kind = 'province')", name="only_a_province_is_a_root"),
    )


class Administrator(Base):
    """An account's role at an organization; kept when it ends, so that its version goes on growing."""

    __tablename__ = "administrator"

    id: Mapped[str] = mapped_column(UUID, primary_key=True)
    organization_id: Mapped[str] = mapped_column(UUID, sa.ForeignKey("organization.id"))
    account_id: Mapped[str] = mapped_column(UUID)
    role: Mapped[str]
    active: Mapped[bool]
    appointed_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(sa.BigInteger)

    __table_args__ = (
        sa.UniqueConstraint("organization_id", "account_id", "role"),
        sa.Index("ix_administrator_account", "account_id", postgresql_where=sa.text("active")),
    )
