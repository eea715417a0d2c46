"""Hours that volunteers miss in their records."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

_ID = sa.Uuid(as_uuid=False)
_MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "missing_entry",
        sa.Column("id", _ID, nullable=False),
        sa.Column("volunteer_id", _ID, nullable=False),
        sa.Column("activity_id", _ID, nullable=False),
        sa.Column("shift_id", _ID, nullable=False),
        sa.Column("starts_at", _MOMENT, nullable=False),
        sa.Column("ends_at", _MOMENT, nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("witness_sealed", sa.String(), nullable=True),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("asked_at", _MOMENT, nullable=False),
        sa.Column("decided_by", _ID, nullable=True),
        sa.Column("decided_at", _MOMENT, nullable=True),
        sa.Column("decision_reason", sa.String(), nullable=True),
        sa.Column("supplement_id", _ID, nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["supplement_id"], ["supplement.id"], name=op.f("fk_missing_entry_supplement_id_supplement")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_missing_entry")),
        sa.UniqueConstraint("supplement_id", name=op.f("uq_missing_entry_supplement_id")),
    )
    op.create_index("ix_missing_entry_volunteer", "missing_entry", ["volunteer_id", "asked_at", "id"])
    op.create_index("ix_missing_entry_status", "missing_entry", ["status", "asked_at", "id"])
    op.create_index(
        "uq_missing_entry_asked",
        "missing_entry",
        ["volunteer_id", "shift_id"],
        unique=True,
        postgresql_where=sa.text("status = 'asked'"),
    )


def downgrade() -> None:
    op.drop_table("missing_entry")
