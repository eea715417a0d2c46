"""By when the hours of activities must be recorded.

Activities that were published before have a duty once they are told again: `dev republish activity` after an update.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

_ID = sa.Uuid(as_uuid=False)
_MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "record_duty",
        sa.Column("activity_id", _ID, nullable=False),
        sa.Column("organization_id", _ID, nullable=False),
        sa.Column("ends_at", _MOMENT, nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("closed_on", sa.Date(), nullable=True),
        sa.Column("look_at", _MOMENT, nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("activity_id", name=op.f("pk_record_duty")),
    )
    op.create_index(
        "ix_record_duty_look_at", "record_duty", ["look_at"], postgresql_where=sa.text("look_at IS NOT NULL")
    )
    op.create_index(
        "ix_record_duty_overdue",
        "record_duty",
        ["due_on", "activity_id"],
        postgresql_include=["organization_id"],
        postgresql_where=sa.text("status = 'overdue'"),
    )
    with op.get_context().autocommit_block():
        op.create_index("ix_enrollment_copy_activity", "enrollment_copy", ["activity_id"], postgresql_concurrently=True)


def downgrade() -> None:
    with op.get_context().autocommit_block():
        op.drop_index("ix_enrollment_copy_activity", "enrollment_copy", postgresql_concurrently=True)
    op.drop_table("record_duty")
