"""Where activities are, with when they end: the nearest are found without a look at any other."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.get_context().autocommit_block():
        op.create_index(
            "ix_listing_cell",
            "listing",
            [sa.text("((floor(latitude * 25) * 10000 + floor(longitude * 25))::integer)"), "ends_at"],
            postgresql_include=["starts_at", "latitude", "longitude", "activity_id"],
            postgresql_where=sa.text("latitude IS NOT NULL"),
            postgresql_concurrently=True,
        )


def downgrade() -> None:
    with op.get_context().autocommit_block():
        op.drop_index("ix_listing_cell", "listing", postgresql_concurrently=True)
