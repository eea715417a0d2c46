"""What card copies of identity."""

from __future__ import annotations

from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from services.card.models.base import Base, Uuid


class VolunteerCopy(Base):
    """What card needs to know of a volunteer; fed by identity's ``volunteer.changed``."""

    __tablename__ = "volunteer_copy"

    id: Mapped[str] = mapped_column(Uuid, primary_key=True)
    status: Mapped[str]
    birth_date: Mapped[date | None]
    clothing_size: Mapped[str | None]
    organization_id: Mapped[str | None] = mapped_column(Uuid)
    version: Mapped[int] = mapped_column(sa.BigInteger)
