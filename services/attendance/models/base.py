"""What attendance's tables have in common."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import DeclarativeBase

from services.chassis.organizations import organization_copy_table
from services.chassis.tables import new_metadata

ID = sa.Uuid(as_uuid=False)


class Base(DeclarativeBase):
    """Attendance's metadata, the chassis' tables included."""

    metadata = new_metadata()
    type_annotation_map = {datetime: sa.DateTime(timezone=True)}


ORGANIZATION_COPY = organization_copy_table(Base.metadata)
