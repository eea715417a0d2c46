"""What identity's tables stand on.

``*_sealed`` is encrypted for its own row, ``*_digest`` is the blind index that finds it.
"""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import DeclarativeBase

from services.chassis.organizations import organization_copy_table
from services.chassis.tables import new_metadata

UUID = sa.Uuid(as_uuid=False)


class Base(DeclarativeBase):
    """Identity's metadata, the chassis' tables included."""

    metadata = new_metadata()
    type_annotation_map = {
        str: sa.Text(),
        datetime: sa.DateTime(timezone=True),
        bytes: sa.LargeBinary(),
        list[str]: ARRAY(sa.Text()),
    }


organization_copy_table(Base.metadata)
