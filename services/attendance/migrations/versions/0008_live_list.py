"""Which transaction changed a record last: how whoever watches a shift finds what is new."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    this_transaction = sa.text("pg_current_xact_id()::text::bigint")
    op.add_column(
        "service_record", sa.Column("changed_in", sa.BigInteger(), server_default=this_transaction, nullable=False)
    )
    op.create_index("ix_service_record_changed", "service_record", ["shift_id", "changed_in", "id"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_service_record_changed", table_name="service_record")
    op.drop_column("service_record", "changed_in")
