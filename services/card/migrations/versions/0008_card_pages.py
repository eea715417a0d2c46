"""Addresses of the public pages behind the QR on cards' fronts."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "card_page",
        sa.Column("volunteer_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("token_sealed", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("volunteer_id", name=op.f("pk_card_page")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_card_page_token_hash")),
    )


def downgrade() -> None:
    op.drop_table("card_page")
