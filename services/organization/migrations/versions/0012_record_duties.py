"""Whether hours are recorded in time: what attendance tells of it, and what supervision counts."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

_SUMS = "ix_organization_counter_sums"
_COUNTED = ["active", "registered", "league_members", "card_holders", "last_activity_at"]
_NEW = ["records_due", "records_in_time"]


def upgrade() -> None:
    op.create_table(
        "record_duty",
        sa.Column("activity_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("organization_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("activity_id", name=op.f("pk_record_duty")),
    )
    op.create_index("ix_record_duty_organization", "record_duty", ["organization_id", "status"])
    for table, kind in (
        ("organization_counter", sa.Integer()),
        ("counter_snapshot", sa.Integer()),
        ("counter_total", sa.BigInteger()),
    ):
        for column in _NEW:
            op.add_column(table, sa.Column(column, kind, server_default=sa.text("0"), nullable=False))
    op.drop_index(_SUMS, table_name="organization_counter")
    op.create_index(_SUMS, "organization_counter", ["path"], postgresql_include=_COUNTED + _NEW)


def downgrade() -> None:
    op.drop_index(_SUMS, table_name="organization_counter")
    op.create_index(_SUMS, "organization_counter", ["path"], postgresql_include=_COUNTED)
    for table in ("counter_total", "counter_snapshot", "organization_counter"):
        for column in _NEW:
            op.drop_column(table, column)
    op.drop_table("record_duty")
