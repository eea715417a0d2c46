"""Providers' receipts, until they have found their message."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "waiting_receipt",
        sa.Column("provider", sa.String(), nullable=False),
        sa.Column("provider_id", sa.String(), nullable=False),
        sa.Column("delivered", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("provider", "provider_id", name=op.f("pk_waiting_receipt")),
    )
    op.create_index(
        "ix_message_provider_id", "message", ["provider_id"], postgresql_where=sa.text("provider_id IS NOT NULL")
    )


def downgrade() -> None:
    op.drop_index("ix_message_provider_id", "message")
    op.drop_table("waiting_receipt")
