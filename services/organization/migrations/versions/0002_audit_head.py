"""The signed end of the audit log: which row is the last."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "audit_head",
        sa.Column("single", sa.Boolean(), nullable=False),
        sa.Column("token", sa.Text(), nullable=False),
        sa.CheckConstraint("single", name=op.f("ck_audit_head_single")),
        sa.PrimaryKeyConstraint("single", name="pk_audit_head"),
    )


def downgrade() -> None:
    op.drop_table("audit_head")
