"""Card's metadata, and the copy of the tree."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase

from services.chassis.organizations import organization_copy_table
from services.chassis.tables import new_metadata

Uuid = sa.Uuid(as_uuid=False)


class Base(DeclarativeBase):
    """Card's metadata, the chassis' tables included."""

    metadata = new_metadata()
    type_annotation_map = {datetime: sa.DateTime(timezone=True), dict[str, Any]: JSONB}


ORGANIZATION_COPY = organization_copy_table(Base.metadata)
