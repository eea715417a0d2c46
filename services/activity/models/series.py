"""Activities that come again (docs/adr/0028-a-series-is-many-activities.md)."""

from __future__ import annotations

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from services.activity.models.base import Base, primary_key


class Series(Base):
    """The rule by which some activities were made. Each of them lives a life of its own."""

    __tablename__ = "series"

    id: Mapped[str] = primary_key()
    rule: Mapped[str]
    excluded: Mapped[list[date]] = mapped_column(ARRAY(sa.Date))
    created_at: Mapped[datetime]
