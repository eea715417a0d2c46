"""Organization's tables: its own, and below them the copies of what other services own."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from services.chassis.organizations import LTree
from services.chassis.tables import new_metadata

_UUID: sa.Uuid[str] = sa.Uuid(as_uuid=False)


class Base(DeclarativeBase):
    """Organization's metadata, the chassis' tables included."""

    metadata = new_metadata()
    type_annotation_map = {datetime: sa.DateTime(timezone=True), dict[str, Any]: JSONB, list[Any]: JSONB}


class Organization(Base):
    """A node of the tree. ``account_id`` registered it and is told what became of it."""

    __tablename__ = "organization"

    id: Mapped[str] = mapped_column(_UUID, primary_key=True)
    parent_id: Mapped[str | None] = mapped_column(_UUID, sa.ForeignKey("organization.id"))
    path: Mapped[str] = mapped_column(LTree)
    name: Mapped[str]
    kind: Mapped[str]
    region: Mapped[str]
    uscc: Mapped[str | None]
    status: Mapped[str]
    rejection_reason: Mapped[str | None]
    account_id: Mapped[str] = mapped_column(_UUID)
    principal_name: Mapped[str]
    registered_at: Mapped[datetime]
    submitted_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(sa.BigInteger)

    __table_args__ = (
        sa.Index("ix_organization_path", "path", postgresql_using="gist"),
        sa.Index("ix_organization_parent", "parent_id", "name", "id"),
        sa.Index("ix_organization_name", "name", "id"),
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

    id: Mapped[str] = mapped_column(_UUID, primary_key=True)
    organization_id: Mapped[str] = mapped_column(_UUID, sa.ForeignKey("organization.id"))
    account_id: Mapped[str] = mapped_column(_UUID)
    role: Mapped[str]
    active: Mapped[bool]
    appointed_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(sa.BigInteger)

    __table_args__ = (
        sa.UniqueConstraint("organization_id", "account_id", "role"),
        sa.Index("ix_administrator_account", "account_id", postgresql_where=sa.text("active")),
    )


class Membership(Base):
    """A volunteer's belonging to a home organization, or the request for it."""

    __tablename__ = "membership"

    id: Mapped[str] = mapped_column(_UUID, primary_key=True)
    volunteer_id: Mapped[str] = mapped_column(_UUID)
    organization_id: Mapped[str] = mapped_column(_UUID, sa.ForeignKey("organization.id"))
    status: Mapped[str]
    rejection_reason: Mapped[str | None]
    submitted_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]
    left_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(sa.BigInteger)

    __table_args__ = (
        sa.Index("uq_membership_pending", "volunteer_id", unique=True, postgresql_where=sa.text("status = 'pending'")),
        sa.Index(
            "uq_membership_approved", "volunteer_id", unique=True, postgresql_where=sa.text("status = 'approved'")
        ),
        sa.Index("ix_membership_review", "status", "submitted_at", "id"),
        sa.Index("ix_membership_organization", "organization_id", "status", "submitted_at", "id"),
    )


class ReviewDecision(Base):
    """Who decided what, when and why; never changed."""

    __tablename__ = "review_decision"

    id: Mapped[str] = mapped_column(_UUID, primary_key=True)
    kind: Mapped[str]
    subject_id: Mapped[str] = mapped_column(_UUID)
    outcome: Mapped[str]
    reason: Mapped[str | None]
    decided_by: Mapped[str | None] = mapped_column(_UUID)
    decided_at: Mapped[datetime]

    __table_args__ = (sa.Index("ix_review_decision_subject", "subject_id", "decided_at"),)


class Site(Base):
    """The sub-platform of an organization: its own domain and look (notice, attachment 2)."""

    __tablename__ = "site"

    organization_id: Mapped[str] = mapped_column(_UUID, sa.ForeignKey("organization.id"), primary_key=True)
    domain: Mapped[str] = mapped_column(unique=True)
    title: Mapped[str]
    logo_url: Mapped[str | None]
    primary_color: Mapped[str | None]
    updated_at: Mapped[datetime]


class AdoptionReceipt(Base):
    """What a unit sent back (notice, attachment 1). The latest of an organization counts."""

    __tablename__ = "adoption_receipt"

    id: Mapped[str] = mapped_column(_UUID, primary_key=True)
    organization_id: Mapped[str] = mapped_column(_UUID, sa.ForeignKey("organization.id"))
    contacts: Mapped[list[Any]]
    needs: Mapped[dict[str, Any]]
    declared_organizations: Mapped[int]
    declared_volunteers: Mapped[int]
    declared_league_members: Mapped[int]
    submitted_by: Mapped[str] = mapped_column(_UUID)
    submitted_at: Mapped[datetime]

    __table_args__ = (sa.Index("ix_adoption_receipt_organization", "organization_id", "submitted_at", "id"),)


class Applicant(Base):
    """A copy of ``volunteer.registered``: exactly what an administrator reviews."""

    __tablename__ = "applicant"

    volunteer_id: Mapped[str] = mapped_column(_UUID, primary_key=True)
    name: Mapped[str]
    volunteer_no: Mapped[str]
    cert_type: Mapped[str]
    cert_no_masked: Mapped[str]
    phone_masked: Mapped[str]
    version: Mapped[int] = mapped_column(sa.BigInteger)


class Volunteer(Base):
    """A copy of ``volunteer.changed``: who somebody is now."""

    __tablename__ = "volunteer"

    id: Mapped[str] = mapped_column(_UUID, primary_key=True)
    account_id: Mapped[str] = mapped_column(_UUID)
    volunteer_no: Mapped[str]
    name: Mapped[str]
    status: Mapped[str]
    political_status: Mapped[str | None]
    version: Mapped[int] = mapped_column(sa.BigInteger)

    __table_args__ = (
        sa.Index("ix_volunteer_account", "account_id"),
        sa.Index("ix_volunteer_no", "volunteer_no"),
    )


class CardApplication(Base):
    """A copy of ``card.status_changed``: who holds a card."""

    __tablename__ = "card_application"

    id: Mapped[str] = mapped_column(_UUID, primary_key=True)
    volunteer_id: Mapped[str] = mapped_column(_UUID)
    status: Mapped[str]
    version: Mapped[int] = mapped_column(sa.BigInteger)

    __table_args__ = (
        sa.Index("ix_card_application_in_hand", "volunteer_id", postgresql_where=sa.text("status = 'activated'")),
    )


class PublishedActivity(Base):
    """A copy of ``activity.published`` and ``activity.revoked``, in whichever order they arrive."""

    __tablename__ = "published_activity"

    id: Mapped[str] = mapped_column(_UUID, primary_key=True)
    organization_id: Mapped[str] = mapped_column(_UUID)
    published_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]

    __table_args__ = (
        sa.Index(
            "ix_published_activity_organization",
            "organization_id",
            "published_at",
            postgresql_where=sa.text("revoked_at IS NULL"),
        ),
    )
