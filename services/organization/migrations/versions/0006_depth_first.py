"""The order in which a subtree is listed."""

from __future__ import annotations

from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_organization_depth_first", "organization", ["path"])


def downgrade() -> None:
    op.drop_index("ix_organization_depth_first", table_name="organization")
