"""How an enrollment came about, what became of it on the day, and volunteers found by their number."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # with defaults, because the version before this one does not name these columns
    op.add_column("enrollment", sa.Column("source", sa.Text(), server_default="self", nullable=False))
    op.add_column("enrollment", sa.Column("late", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column("enrollment", sa.Column("signed_in_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("enrollment", sa.Column("minutes", sa.Integer(), server_default="0", nullable=False))
    op.create_index("ix_volunteer_copy_volunteer_no", "volunteer_copy", ["volunteer_no"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_volunteer_copy_volunteer_no", "volunteer_copy")
    for column in ("minutes", "signed_in_at", "late", "source"):
        op.drop_column("enrollment", column)
