"""What activity's tables have in common."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from services.chassis.organizations import organization_copy_table
from services.chassis.tables import new_metadata


class Base(DeclarativeBase):
    """Activity's metadata, the chassis' tables included."""

    metadata = new_metadata()
    type_annotation_map = {datetime: sa.DateTime(timezone=True), list[str]: ARRAY(sa.Text), str: sa.Text}


organization_copy_table(Base.metadata)


def id_column() -> Mapped[str]:
    """A UUID, as text in Python."""
    return mapped_column(sa.Uuid(as_uuid=False))


def primary_key() -> Mapped[str]:
    """The UUID of the row itself."""
    return mapped_column(sa.Uuid(as_uuid=False), primary_key=True)


def reference(column: str) -> Mapped[str]:
    """The UUID of a row of ``table.column``."""
    return mapped_column(sa.Uuid(as_uuid=False), sa.ForeignKey(column))
