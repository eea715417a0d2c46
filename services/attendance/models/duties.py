"""By when the hours of activities must be recorded."""

from __future__ import annotations

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from services.attendance.models.base import ID, Base


class RecordDuty(Base):
    """That the hours of an activity are recorded by a day (民政部令67号). ``ends_at``: of its last shift.

    ``closed_on``: the day on which nothing was missing any more. ``look_at``: when to look again; None: it is settled.
    """

    __tablename__ = "record_duty"

    activity_id: Mapped[str] = mapped_column(ID, primary_key=True)
    organization_id: Mapped[str] = mapped_column(ID)
    ends_at: Mapped[datetime]
    due_on: Mapped[date]
    status: Mapped[str]
    closed_on: Mapped[date | None]
    look_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)

    __table_args__ = (
        sa.Index("ix_record_duty_look_at", "look_at", postgresql_where=sa.text("look_at IS NOT NULL")),
        sa.Index(
            "ix_record_duty_overdue",
            "due_on",
            "activity_id",
            postgresql_include=["organization_id"],
            postgresql_where=sa.text("status = 'overdue'"),
        ),
    )
