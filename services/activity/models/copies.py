"""What identity owns, as activity knows it."""

from __future__ import annotations

from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from services.activity.models.base import Base, primary_key


class VolunteerCopy(Base):
    """What enrolling needs to know of a volunteer. Its row is what one person's enrollments are serialized by."""

    __tablename__ = "volunteer_copy"

    id: Mapped[str] = primary_key()
    volunteer_no: Mapped[str]
    name: Mapped[str]
    status: Mapped[str]
    birth_date: Mapped[date | None]
    accompanied_until: Mapped[date | None]
    region: Mapped[str]
    organization_id: Mapped[str | None] = mapped_column(sa.Uuid(as_uuid=False))  # None: erased before ever seen
    skills: Mapped[list[str]]
    version: Mapped[int] = mapped_column(sa.BigInteger)

    __table_args__ = (
        sa.Index("ix_volunteer_copy_organization_id", "organization_id", "status"),
        sa.Index("ix_volunteer_copy_volunteer_no", "volunteer_no"),
    )
