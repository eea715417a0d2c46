"""What organization's tables stand on."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase

from services.chassis.tables import new_metadata

UUID: sa.Uuid[str] = sa.Uuid(as_uuid=False)


class Base(DeclarativeBase):
    """Organization's metadata, the chassis' tables included."""

    metadata = new_metadata()
    type_annotation_map = {datetime: sa.DateTime(timezone=True), dict[str, Any]: JSONB, list[Any]: JSONB}
