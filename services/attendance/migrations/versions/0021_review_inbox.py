"""What waits is found by activity, and activities by organization; made beside the running version, on tables that grow.

Objections are listed across activities for the first time.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from services.chassis.migrations import add_index

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

_WAITING = {
    "correction": "status = 'requested'",
    "missing_entry": "status = 'asked'",
    "objection": "status = 'open'",
    "appeal": "status = 'open'",
}


def upgrade() -> None:
    add_index(op, "ix_activity_copy_organization", "activity_copy", ["organization_id"])
    add_index(op, "ix_volunteer_copy_account", "volunteer_copy", ["account_id"])
    add_index(op, "ix_objection_status", "objection", ["status", "submitted_at", "id"])
    for table, waits in _WAITING.items():
        add_index(op, f"ix_{table}_waiting", table, ["activity_id"], postgresql_where=sa.text(waits))


def downgrade() -> None:
    with op.get_context().autocommit_block():
        for table in _WAITING:
            op.drop_index(f"ix_{table}_waiting", table, postgresql_concurrently=True)
        op.drop_index("ix_objection_status", "objection", postgresql_concurrently=True)
        op.drop_index("ix_volunteer_copy_account", "volunteer_copy", postgresql_concurrently=True)
        op.drop_index("ix_activity_copy_organization", "activity_copy", postgresql_concurrently=True)
