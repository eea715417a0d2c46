"""Who takes part, and who was asked to."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from services.activity.domain.states import MAY_COME_AGAIN, Source
from services.activity.models.activities import Activity, Shift
from services.activity.models.base import Base, id_column, primary_key, reference


class Enrollment(Base):
    """One volunteer's wish for one shift, and what became of it. ``waiting_no`` only grows within a shift.

    ``late``: withdrawn when others could hardly take the place any more. ``signed_in_at`` and ``minutes`` are what
    attendance tells; ``version`` counts what others are told, so it does not grow with them.
    """

    __tablename__ = "enrollment"

    id: Mapped[str] = primary_key()
    activity_id: Mapped[str] = reference("activity.id")
    shift_id: Mapped[str] = reference("shift.id")
    volunteer_id: Mapped[str] = id_column()
    status: Mapped[str]
    reason: Mapped[str | None]
    reason_code: Mapped[str | None]  # one of domain/reasons.py, for counting; its words are in ``reason``
    waiting_no: Mapped[int | None]
    accompanied_by_sealed: Mapped[str | None]  # the adult who comes along, by name
    offer_expires_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]
    changed_at: Mapped[datetime | None]  # None: not since this is kept
    source: Mapped[str] = mapped_column(default=Source.SELF, server_default=Source.SELF.value)
    late: Mapped[bool] = mapped_column(default=False, server_default=sa.false())
    signed_in_at: Mapped[datetime | None]
    minutes: Mapped[int] = mapped_column(default=0, server_default="0")
    version: Mapped[int] = mapped_column(default=1)

    shift: Mapped[Shift] = relationship(viewonly=True)
    activity: Mapped[Activity] = relationship(viewonly=True)

    __table_args__ = (
        sa.Index(
            "uq_enrollment_once_a_shift",
            "shift_id",
            "volunteer_id",
            unique=True,
            postgresql_where=sa.text("status NOT IN ({})".format(", ".join(f"'{s}'" for s in sorted(MAY_COME_AGAIN)))),
        ),
        sa.Index("ix_enrollment_shift_id", "shift_id", "status", "waiting_no"),
        sa.Index("ix_enrollment_activity_id", "activity_id", "created_at", "id"),
        sa.Index("ix_enrollment_volunteer_id", "volunteer_id", "status"),
        sa.Index("ix_enrollment_offered", "offer_expires_at", postgresql_where=sa.text("status = 'offered'")),
    )


class Invitation(Base):
    """One volunteer invited to one activity, once. What became of it follows from enrollments, too
    (``domain/inviting.py``).
    """

    __tablename__ = "invitation"

    id: Mapped[str] = primary_key()
    activity_id: Mapped[str] = reference("activity.id")
    volunteer_id: Mapped[str] = id_column()
    invited_by: Mapped[str] = id_column()
    created_at: Mapped[datetime]
    declined_at: Mapped[datetime | None]

    activity: Mapped[Activity] = relationship(viewonly=True)

    __table_args__ = (
        sa.UniqueConstraint("activity_id", "volunteer_id"),
        sa.Index("ix_invitation_activity_id", "activity_id", "created_at", "id"),
        sa.Index("ix_invitation_volunteer_id", "volunteer_id", "created_at", "id"),
    )
