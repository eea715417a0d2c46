"""Activities and their shifts."""

from __future__ import annotations

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from services.activity.models.base import Base, id_column, primary_key, reference
from services.activity.models.series import Series

_PUBLISHED = sa.text("status = 'published'")


class Activity(Base):
    """What is done when and where. Text that a draft does not have yet is empty.

    ``starts_at`` and ``ends_at`` span the shifts: what lists are filtered and sorted by. ``occurs_on`` is the day of
    its series that the activity stands for, wherever it was moved to; ``own_fields`` were changed for it alone.
    """

    __tablename__ = "activity"

    id: Mapped[str] = primary_key()
    organization_id: Mapped[str] = id_column()
    status: Mapped[str]
    title: Mapped[str]
    category: Mapped[str]
    description: Mapped[str]
    region: Mapped[str]
    address: Mapped[str]
    latitude: Mapped[float | None]
    longitude: Mapped[float | None]
    fence_metres: Mapped[int | None]
    enroll_by: Mapped[datetime | None]
    contact: Mapped[str]
    insurance_note: Mapped[str]
    risk_note: Mapped[str] = mapped_column(default="", server_default="")
    min_age: Mapped[int | None]
    max_age: Mapped[int | None]
    skills: Mapped[list[str]]
    members_only: Mapped[bool]
    approval: Mapped[str]
    static_codes_allowed: Mapped[bool] = mapped_column(server_default=sa.false())
    starts_at: Mapped[datetime | None]
    ends_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    published_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
    revocation_reason: Mapped[str | None]
    series_id: Mapped[str | None] = mapped_column(sa.Uuid(as_uuid=False), sa.ForeignKey("series.id"))
    occurs_on: Mapped[date | None]
    own_fields: Mapped[list[str]] = mapped_column(default=list, server_default="{}")
    changed_at: Mapped[datetime | None]  # since it is public; None: not since this is kept
    version: Mapped[int] = mapped_column(default=1)

    shifts: Mapped[list[Shift]] = relationship(
        order_by="Shift.place", cascade="all, delete-orphan", passive_deletes=True
    )
    series: Mapped[Series | None] = relationship(lazy="selectin")

    __table_args__ = (
        sa.Index("ix_activity_published_at", "published_at", "id", postgresql_where=_PUBLISHED),
        sa.Index("ix_activity_revoked", "starts_at", "id", postgresql_where=sa.text("status = 'revoked'")),
        sa.Index("ix_activity_organization_id", "organization_id", "status"),
        sa.Index(
            "uq_activity_occurrence",
            "series_id",
            "occurs_on",
            unique=True,
            postgresql_where=sa.text("series_id IS NOT NULL"),
        ),
    )


class Shift(Base):
    """One span of an activity with its own places. Its row is what enrollments for it are serialized by."""

    __tablename__ = "shift"

    id: Mapped[str] = primary_key()
    activity_id: Mapped[str] = reference("activity.id")
    place: Mapped[int]  # among the activity's shifts, from 0: field errors name it
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    capacity: Mapped[int]
    role: Mapped[str | None]

    __table_args__ = (
        sa.Index("ix_shift_activity_id", "activity_id", "place"),
        sa.Index("ix_shift_starts_at", "starts_at"),
        sa.CheckConstraint("capacity >= 1", name="capacity"),
    )
