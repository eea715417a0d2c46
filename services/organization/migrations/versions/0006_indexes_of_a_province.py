"""For a province on file: the order in which a subtree is listed, and who waits where."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_organization_depth_first", "organization", ["path"])
    op.create_index(
        "ix_organization_counter_waiting",
        "organization_counter",
        ["path", "organization_id", "pending_memberships"],
        postgresql_where=sa.text("pending_memberships > 0"),
    )
    op.create_index(
        "ix_membership_waiting",
        "membership",
        ["organization_id", "submitted_at"],
        postgresql_where=sa.text("status = 'pending'"),
    )


def downgrade() -> None:
    op.drop_index("ix_membership_waiting", table_name="membership")
    op.drop_index("ix_organization_counter_waiting", table_name="organization_counter")
    op.drop_index("ix_organization_depth_first", table_name="organization")
