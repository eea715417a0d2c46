"""Messages of banks that could not be taken."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "refused_message",
        sa.Column("id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("bank", sa.String(), nullable=False),
        sa.Column("message_id", sa.String(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("why", sa.String(), nullable=False),
        sa.Column("body_sealed", sa.String(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_refused_message"),
    )
    op.create_index("ix_refused_message_received_at", "refused_message", ["received_at", "id"], unique=False)


def downgrade() -> None:
    op.drop_table("refused_message")
