"""Activities that come again, and what a dangerous one says of its risks."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "series",
        sa.Column("id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("excluded", postgresql.ARRAY(sa.Date()), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_series"),
    )
    # with defaults, because the version before this one does not name these columns
    op.add_column("activity", sa.Column("risk_note", sa.Text(), server_default="", nullable=False))
    op.add_column("activity", sa.Column("series_id", sa.Uuid(as_uuid=False), nullable=True))
    op.add_column("activity", sa.Column("occurs_on", sa.Date(), nullable=True))
    op.add_column("activity", sa.Column("own_fields", postgresql.ARRAY(sa.Text()), server_default="{}", nullable=False))
    op.create_foreign_key(op.f("fk_activity_series_id_series"), "activity", "series", ["series_id"], ["id"])
    op.create_index(
        "uq_activity_occurrence",
        "activity",
        ["series_id", "occurs_on"],
        unique=True,
        postgresql_where=sa.text("series_id IS NOT NULL"),
    )


def downgrade() -> None:
    op.drop_index("uq_activity_occurrence", "activity")
    op.drop_constraint(op.f("fk_activity_series_id_series"), "activity", type_="foreignkey")
    for column in ("own_fields", "occurs_on", "series_id", "risk_note"):
        op.drop_column("activity", column)
    op.drop_table("series")
