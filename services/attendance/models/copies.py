"""What others own, as attendance knows it: a scan asks nobody."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from services.attendance.models.base import ID, Base


class VolunteerCopy(Base):
    """What a scan has to know of a volunteer. ``version`` is identity's. An erased one keeps the row, not the name."""

    __tablename__ = "volunteer_copy"

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    account_id: Mapped[str] = mapped_column(ID)
    volunteer_no: Mapped[str]
    name: Mapped[str]
    status: Mapped[str]
    organization_id: Mapped[str | None] = mapped_column(ID)
    verified_in_person: Mapped[bool]
    version: Mapped[int] = mapped_column(sa.BigInteger)

    __table_args__ = (sa.Index("ix_volunteer_copy_account", "account_id"),)


class ActivityCopy(Base):
    """An activity that was published. ``version`` is activity's."""

    __tablename__ = "activity_copy"

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    organization_id: Mapped[str] = mapped_column(ID)
    title: Mapped[str]
    status: Mapped[str]
    latitude: Mapped[float | None]
    longitude: Mapped[float | None]
    fence_metres: Mapped[int | None]
    static_codes_allowed: Mapped[bool] = mapped_column(server_default=sa.false())
    address: Mapped[str | None]  # for activities published before certificates showed it: unknown
    version: Mapped[int] = mapped_column(sa.BigInteger)

    __table_args__ = (sa.Index("ix_activity_copy_organization", "organization_id"),)


class ShiftCopy(Base):
    """A shift of an activity; it came with the activity's version."""

    __tablename__ = "shift_copy"

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    activity_id: Mapped[str] = mapped_column(ID, index=True)
    starts_at: Mapped[datetime] = mapped_column(index=True)
    ends_at: Mapped[datetime]


class EnrollmentCopy(Base):
    """Who was taken for which shift. ``version`` is the enrollment's."""

    __tablename__ = "enrollment_copy"

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    activity_id: Mapped[str] = mapped_column(ID)
    shift_id: Mapped[str] = mapped_column(ID)
    volunteer_id: Mapped[str] = mapped_column(ID)
    status: Mapped[str]
    version: Mapped[int] = mapped_column(sa.BigInteger)

    __table_args__ = (
        sa.Index("ix_enrollment_copy_volunteer_shift", "volunteer_id", "shift_id"),
        sa.Index("ix_enrollment_copy_activity", "activity_id"),
    )
