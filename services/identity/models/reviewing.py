"""What happened to a volunteer's registration: the checks that are still to be made, and every step so far."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from services.identity.models.base import UUID, Base


class RealnameCheck(Base):
    """A volunteer whose name and certificate the verifier could not be asked about yet. The row goes with the answer.

    Whoever asks moves ``next_attempt_at`` first: that is the claim, and it outlives a process that dies while asking.
    """

    __tablename__ = "realname_check"

    volunteer_id: Mapped[str] = mapped_column(UUID, sa.ForeignKey("volunteer.id", ondelete="CASCADE"), primary_key=True)
    attempts: Mapped[int]
    requested_at: Mapped[datetime]
    next_attempt_at: Mapped[datetime] = mapped_column(index=True)


class ReviewStep(Base):
    """One step of a registration: asked for, checked, decided. Rows are added, never changed.

    ``reason`` was written by a person for this volunteer; it is blanked with the volunteer.
    """

    __tablename__ = "review_step"

    id: Mapped[int] = mapped_column(sa.BigInteger, sa.Identity(), primary_key=True)
    volunteer_id: Mapped[str] = mapped_column(UUID, sa.ForeignKey("volunteer.id", ondelete="CASCADE"))
    step: Mapped[str]
    organization_id: Mapped[str | None] = mapped_column(UUID)
    reason: Mapped[str | None]
    at: Mapped[datetime]

    __table_args__ = (sa.Index("ix_review_step_volunteer", "volunteer_id", "id"),)
