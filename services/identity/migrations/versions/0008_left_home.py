"""When a volunteer left the home organization."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("volunteer", sa.Column("left_home_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    op.drop_column("volunteer", "left_home_at")
