"""In whose name an objection was resolved; of those before it is taken to be the activity's own organization."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("objection", sa.Column("resolved_in", sa.Uuid(as_uuid=False), nullable=True))


def downgrade() -> None:
    op.drop_column("objection", "resolved_in")
