"""Activity's tables, and its copies of what organization and identity own."""

from __future__ import annotations

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship

from services.activity.domain.states import MAY_COME_AGAIN
from services.chassis.organizations import organization_copy_table
from services.chassis.tables import new_metadata


class Base(DeclarativeBase):
    """Activity's metadata, the chassis' tables included."""

    metadata = new_metadata()
    type_annotation_map = {datetime: sa.DateTime(timezone=True), list[str]: ARRAY(sa.Text), str: sa.Text}


organization_copy_table(Base.metadata)


def _id() -> Mapped[str]:
    return mapped_column(sa.Uuid(as_uuid=False))


def _primary_key() -> Mapped[str]:
    return mapped_column(sa.Uuid(as_uuid=False), primary_key=True)


def _reference(column: str) -> Mapped[str]:
    return mapped_column(sa.Uuid(as_uuid=False), sa.ForeignKey(column))


_PUBLISHED = sa.text("status = 'published'")


class Activity(Base):
    """What is done when and where. Text that a draft does not have yet is empty.

    ``starts_at`` and ``ends_at`` span the shifts: what lists are filtered and sorted by. ``search_text`` is what a
    search for words looks at.
    """

    __tablename__ = "activity"

    id: Mapped[str] = _primary_key()
    organization_id: Mapped[str] = _id()
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
    min_age: Mapped[int | None]
    max_age: Mapped[int | None]
    skills: Mapped[list[str]]
    members_only: Mapped[bool]
    approval: Mapped[str]
    starts_at: Mapped[datetime | None]
    ends_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    published_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
    revocation_reason: Mapped[str | None]
    search_text: Mapped[str] = mapped_column(
        sa.Computed("title || ' ' || description || ' ' || address", persisted=True), deferred=True
    )
    version: Mapped[int] = mapped_column(default=1)

    shifts: Mapped[list[Shift]] = relationship(
        order_by="Shift.place", cascade="all, delete-orphan", passive_deletes=True
    )

    __table_args__ = (
        sa.Index(
            "ix_activity_search_text",
            "search_text",
            postgresql_using="gin",
            postgresql_ops={"search_text": "gin_trgm_ops"},
        ),
        sa.Index("ix_activity_starts_at", "starts_at", "id", postgresql_where=_PUBLISHED),
        sa.Index("ix_activity_ends_at", "ends_at", postgresql_where=_PUBLISHED),
        sa.Index("ix_activity_published_at", "published_at", "id", postgresql_where=_PUBLISHED),
        sa.Index(
            "ix_activity_region",
            "region",
            "starts_at",
            postgresql_ops={"region": "text_pattern_ops"},
            postgresql_where=_PUBLISHED,
        ),
        sa.Index("ix_activity_latitude", "latitude", "longitude", postgresql_where=_PUBLISHED),
        sa.Index("ix_activity_organization_id", "organization_id", "status"),
    )


class Shift(Base):
    """One span of an activity with its own places. Its row is what enrollments for it are serialized by."""

    __tablename__ = "shift"

    id: Mapped[str] = _primary_key()
    activity_id: Mapped[str] = _reference("activity.id")
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


class Enrollment(Base):
    """One volunteer's wish for one shift, and what became of it. ``waiting_no`` only grows within a shift."""

    __tablename__ = "enrollment"

    id: Mapped[str] = _primary_key()
    activity_id: Mapped[str] = _reference("activity.id")
    shift_id: Mapped[str] = _reference("shift.id")
    volunteer_id: Mapped[str] = _id()
    status: Mapped[str]
    reason: Mapped[str | None]
    waiting_no: Mapped[int | None]
    offer_expires_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]
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
    """One volunteer invited to one activity, once."""

    __tablename__ = "invitation"

    id: Mapped[str] = _primary_key()
    activity_id: Mapped[str] = _reference("activity.id")
    volunteer_id: Mapped[str] = _id()
    invited_by: Mapped[str] = _id()
    created_at: Mapped[datetime]

    __table_args__ = (sa.UniqueConstraint("activity_id", "volunteer_id"),)


class VolunteerCopy(Base):
    """What enrolling needs to know of a volunteer. Its row is what one person's enrollments are serialized by."""

    __tablename__ = "volunteer_copy"

    id: Mapped[str] = _primary_key()
    volunteer_no: Mapped[str]
    name: Mapped[str]
    status: Mapped[str]
    birth_date: Mapped[date | None]
    region: Mapped[str]
    organization_id: Mapped[str | None] = mapped_column(sa.Uuid(as_uuid=False))  # None: erased before ever seen
    skills: Mapped[list[str]]
    version: Mapped[int] = mapped_column(sa.BigInteger)

    __table_args__ = (sa.Index("ix_volunteer_copy_organization_id", "organization_id", "status"),)
