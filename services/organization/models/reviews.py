"""Who belongs where, and what was decided."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from services.organization.models.base import UUID, Base


class Membership(Base):
    """A volunteer's belonging to a home organization, or the request for it.

    ``escalates_at``: when the next organization above is told of a request that waits; long past: to be worked out.
    """

    __tablename__ = "membership"

    id: Mapped[str] = mapped_column(UUID, primary_key=True)
    volunteer_id: Mapped[str] = mapped_column(UUID)
    organization_id: Mapped[str] = mapped_column(UUID, sa.ForeignKey("organization.id"))
    status: Mapped[str]
    rejection_reason: Mapped[str | None]
    submitted_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]
    left_at: Mapped[datetime | None]
    escalates_at: Mapped[datetime] = mapped_column(server_default=sa.text("'epoch'"))
    version: Mapped[int] = mapped_column(sa.BigInteger)

    __table_args__ = (
        sa.Index("uq_membership_pending", "volunteer_id", unique=True, postgresql_where=sa.text("status = 'pending'")),
        sa.Index(
            "uq_membership_approved", "volunteer_id", unique=True, postgresql_where=sa.text("status = 'approved'")
        ),
        sa.Index(
            "ix_membership_waiting", "organization_id", "submitted_at", postgresql_where=sa.text("status = 'pending'")
        ),
        sa.Index("ix_membership_review", "status", "submitted_at", "id"),
        sa.Index("ix_membership_escalates", "escalates_at", postgresql_where=sa.text("status = 'pending'")),
        sa.Index("ix_membership_organization", "organization_id", "status", "submitted_at", "id"),
    )


class ReviewDecision(Base):
    """Who decided what, when and why; never changed. ``on_behalf_of``: in whose place."""

    __tablename__ = "review_decision"

    id: Mapped[str] = mapped_column(UUID, primary_key=True)
    kind: Mapped[str]
    subject_id: Mapped[str] = mapped_column(UUID)
    outcome: Mapped[str]
    reason: Mapped[str | None]
    decided_by: Mapped[str | None] = mapped_column(UUID)
    on_behalf_of: Mapped[str | None] = mapped_column(UUID)
    decided_at: Mapped[datetime]

    __table_args__ = (sa.Index("ix_review_decision_subject", "subject_id", "decided_at"),)
