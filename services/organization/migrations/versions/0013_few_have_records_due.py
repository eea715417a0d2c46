"""The list behind the sixth indicator finds the organizations with records due, where they are few."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(
        "ix_organization_counter_due",
        "organization_counter",
        ["organization_id"],
        postgresql_where=sa.text("records_due > 0"),
    )


def downgrade() -> None:
    op.drop_index("ix_organization_counter_due", table_name="organization_counter")
