"""Hours beyond what a day counts at once."""

from __future__ import annotations

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from services.attendance.models.base import ID, Base


class HeldHours(Base):
    """Minutes of a record that count only if somebody above grants them (FACTS.md, "Practice on i志愿").

    ``day``: in Asia/Shanghai; ``starts_at`` to ``ends_at``: which part of the record it is. A row never changes its
    time: whoever decides, decides about what they saw. ``recorded_by``: the account that entered the hours by hand,
    ``recorded_on_behalf_of`` in whose place.
    ``fallen``: the record was corrected since; a refusal no longer explains what it lacks, a grant is not in use.
    """

    __tablename__ = "held_hours"

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    record_id: Mapped[str] = mapped_column(sa.ForeignKey("service_record.id"), index=True)
    volunteer_id: Mapped[str] = mapped_column(ID)
    organization_id: Mapped[str] = mapped_column(ID)
    day: Mapped[date]
    band: Mapped[str]
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    minutes: Mapped[int]
    status: Mapped[str]
    fallen: Mapped[bool] = mapped_column(server_default=sa.false())
    recorded_by: Mapped[str | None] = mapped_column(ID)
    recorded_on_behalf_of: Mapped[str | None] = mapped_column(ID)
    held_at: Mapped[datetime]
    decided_by: Mapped[str | None] = mapped_column(ID)
    on_behalf_of: Mapped[str | None] = mapped_column(ID)
    decided_at: Mapped[datetime | None]
    decision_reason: Mapped[str | None]
    decision_code: Mapped[str | None]
    version: Mapped[int] = mapped_column(default=1)

    __table_args__ = (
        sa.Index("ix_held_hours_volunteer", "volunteer_id", "day"),
        sa.Index("ix_held_hours_status", "status", "held_at", "id"),
        sa.CheckConstraint("minutes > 0", name="minutes"),
    )
