"""Hours beyond what a day counts at once; what counts on a day is found in the ledger without reading all of it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

_ID = sa.Uuid(as_uuid=False)
_MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "held_hours",
        sa.Column("id", _ID, nullable=False),
        sa.Column("record_id", _ID, nullable=False),
        sa.Column("volunteer_id", _ID, nullable=False),
        sa.Column("organization_id", _ID, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("band", sa.String(), nullable=False),
        sa.Column("starts_at", _MOMENT, nullable=False),
        sa.Column("ends_at", _MOMENT, nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("fallen", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("recorded_by", _ID, nullable=True),
        sa.Column("held_at", _MOMENT, nullable=False),
        sa.Column("decided_by", _ID, nullable=True),
        sa.Column("decided_at", _MOMENT, nullable=True),
        sa.Column("decision_reason", sa.String(), nullable=True),
        sa.Column("decision_code", sa.String(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("minutes > 0", name=op.f("ck_held_hours_minutes")),
        sa.ForeignKeyConstraint(
            ["record_id"], ["service_record.id"], name=op.f("fk_held_hours_record_id_service_record")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_held_hours")),
    )
    op.create_index(op.f("ix_held_hours_record_id"), "held_hours", ["record_id"])
    op.create_index("ix_held_hours_volunteer", "held_hours", ["volunteer_id", "day"])
    op.create_index("ix_held_hours_status", "held_hours", ["status", "held_at", "id"])
    with op.get_context().autocommit_block():
        op.create_index(
            "ix_ledger_entry_volunteer_day", "ledger_entry", ["volunteer_id", "starts_at"], postgresql_concurrently=True
        )


def downgrade() -> None:
    with op.get_context().autocommit_block():
        op.drop_index("ix_ledger_entry_volunteer_day", "ledger_entry", postgresql_concurrently=True)
    op.drop_table("held_hours")
