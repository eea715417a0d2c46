"""What search looks at (docs/adr/0025-search.md)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from services.activity.domain.places import CELL_ROW, CELLS_A_DEGREE
from services.activity.models.activities import Activity
from services.activity.models.base import Base, id_column

_LONG = sa.text("ends_at - starts_at > interval '7 days'")


def cell_of(latitude: Any, longitude: Any) -> sa.ColumnElement[int]:
    """The number of the cell that a point lies in (``Circle.cells``), as an index has it."""
    row, column = (sa.func.floor(degrees * sa.literal_column(str(CELLS_A_DEGREE))) for degrees in (latitude, longitude))
    return sa.cast(row * sa.literal_column(str(CELL_ROW)) + column, sa.Integer)


class Listing(Base):
    """A published activity as it is found: what search filters and sorts by, and nothing else. Made of the activity by
    whoever changes that, in the same transaction.

    ``text`` is folded title, description and address; ``words`` and ``facets`` are what ``domain/listing.py`` makes of
    it and of everything that an activity either has or has not.
    """

    __tablename__ = "listing"

    activity_id: Mapped[str] = mapped_column(
        sa.Uuid(as_uuid=False), sa.ForeignKey("activity.id", ondelete="CASCADE"), primary_key=True
    )
    organization_id: Mapped[str] = id_column()
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    published_at: Mapped[datetime]
    enroll_by: Mapped[datetime | None]
    latitude: Mapped[float | None]
    longitude: Mapped[float | None]
    min_age: Mapped[int | None]
    max_age: Mapped[int | None]
    skills: Mapped[list[str]]
    members_only: Mapped[bool]
    text: Mapped[str]
    facets: Mapped[list[int]] = mapped_column(ARRAY(sa.BigInteger))
    words: Mapped[list[int]] = mapped_column(ARRAY(sa.Integer))

    __table_args__ = (
        # with the times, so that a walk passes over what is not in the period without looking at it
        sa.Index("ix_listing_starts_at", "starts_at", "activity_id", "ends_at"),
        sa.Index("ix_listing_long", "starts_at", "activity_id", "ends_at", postgresql_where=_LONG),
        sa.Index("ix_listing_longest", sa.text("(ends_at - starts_at)"), postgresql_where=_LONG),
        sa.Index("ix_listing_published_at", "published_at", "activity_id", "starts_at", "ends_at"),
        # with all that it takes to find the nearest, so that no row is looked at which is not among them
        sa.Index(
            "ix_listing_cell",
            cell_of(sa.column("latitude"), sa.column("longitude")),
            "ends_at",
            postgresql_include=["starts_at", "latitude", "longitude", "activity_id"],
            postgresql_where=sa.text("latitude IS NOT NULL"),
        ),
        # fastupdate would make every search read through what was listed lately
        sa.Index(
            "ix_listing_facets_words",
            "facets",
            "words",
            postgresql_using="gin",
            postgresql_with={"fastupdate": "off"},
        ),
    )


class Relisting(Base):
    """Activities whose listing is to be made anew: because their organization moved in the tree, or an update of the
    platform reads more of them than before.
    """

    __tablename__ = "relisting"

    activity_id: Mapped[str] = mapped_column(
        sa.Uuid(as_uuid=False), sa.ForeignKey(Activity.id, ondelete="CASCADE"), primary_key=True
    )
