"""What is looked through for anomalies is found in its order; made beside the running version, on tables that grow."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

_KNOWN = sa.text("device IS NOT NULL")


def upgrade() -> None:
    with op.get_context().autocommit_block():
        op.create_index(
            "ix_ledger_entry_entered_at", "ledger_entry", ["entered_at", "id"], postgresql_concurrently=True
        )
        op.create_index("ix_supplement_submitted_at", "supplement", ["submitted_at", "id"], postgresql_concurrently=True)
        for scan in ("scan", "offline_scan"):
            op.create_index(
                f"ix_{scan}_device", scan, ["device"], postgresql_where=_KNOWN, postgresql_concurrently=True
            )


def downgrade() -> None:
    with op.get_context().autocommit_block():
        for scan in ("offline_scan", "scan"):
            op.drop_index(f"ix_{scan}_device", scan, postgresql_concurrently=True)
        op.drop_index("ix_supplement_submitted_at", "supplement", postgresql_concurrently=True)
        op.drop_index("ix_ledger_entry_entered_at", "ledger_entry", postgresql_concurrently=True)
