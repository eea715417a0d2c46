"""Who reviews in whose place, and which reviews went to the organization above (docs/adr/0021)."""

from __future__ import annotations

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from services.organization.models.base import UUID, Base


class Delegation(Base):
    """An account's reviewing at an organization, lent to another account from ``starts_on`` to the end of ``ends_on``.

    Whether it is in force follows from the roles that both hold at the moment.
    """

    __tablename__ = "delegation"

    id: Mapped[str] = mapped_column(UUID, primary_key=True)
    organization_id: Mapped[str] = mapped_column(UUID, sa.ForeignKey("organization.id"))
    delegator_id: Mapped[str] = mapped_column(UUID)
    delegate_id: Mapped[str] = mapped_column(UUID)
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    created_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]

    __table_args__ = (
        sa.Index("ix_delegation_organization", "organization_id", "created_at", "id"),
        sa.Index("ix_delegation_delegator", "delegator_id", "created_at", "id"),
        sa.Index("ix_delegation_delegate", "delegate_id", "created_at", "id"),
    )


class Escalation(Base):
    """An organization above was told of a review that nobody decided: once for each submission. ``reminded_at``: when
    its reviewers got their message.
    """

    __tablename__ = "escalation"

    id: Mapped[str] = mapped_column(UUID, primary_key=True)
    kind: Mapped[str]
    subject_id: Mapped[str] = mapped_column(UUID)
    submitted_at: Mapped[datetime]
    organization_id: Mapped[str] = mapped_column(UUID, sa.ForeignKey("organization.id"))
    escalated_at: Mapped[datetime]
    reminded_at: Mapped[datetime | None]

    __table_args__ = (
        sa.UniqueConstraint("kind", "subject_id", "submitted_at", "organization_id", name="uq_escalation_told"),
        sa.Index("ix_escalation_organization", "organization_id", "kind", "subject_id"),
        sa.Index("ix_escalation_untold", "organization_id", postgresql_where=sa.text("reminded_at IS NULL")),
    )
