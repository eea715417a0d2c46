"""Who was reminded of which shift."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "reminder",
        sa.Column("enrollment_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("hours", sa.SmallInteger(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reminded_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["enrollment_id"],
            ["enrollment.id"],
            name=op.f("fk_reminder_enrollment_id_enrollment"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("enrollment_id", "hours", "starts_at", name=op.f("pk_reminder")),
    )
    op.create_index("ix_reminder_starts_at", "reminder", ["starts_at"])


def downgrade() -> None:
    op.drop_table("reminder")
