"""What reports of punctuality read is found at once; made beside the running version, on tables that grow."""

from __future__ import annotations

from alembic import op

from services.chassis.migrations import add_index

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    add_index(op, "ix_service_record_volunteer_shift", "service_record", ["volunteer_id", "shift_id"])
    add_index(op, "ix_shift_copy_starts_at", "shift_copy", ["starts_at"])


def downgrade() -> None:
    with op.get_context().autocommit_block():
        op.drop_index("ix_shift_copy_starts_at", "shift_copy", postgresql_concurrently=True)
        op.drop_index("ix_service_record_volunteer_shift", "service_record", postgresql_concurrently=True)
