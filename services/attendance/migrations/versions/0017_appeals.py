"""Appeals; and what an objection changed, which says whether there is anything to appeal against."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

_ID = sa.Uuid(as_uuid=False)
_MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.add_column("objection", sa.Column("minutes_before", sa.Integer(), nullable=True))
    op.add_column("objection", sa.Column("minutes", sa.Integer(), nullable=True))
    op.create_table(
        "appeal",
        sa.Column("id", _ID, nullable=False),
        sa.Column("objection_id", _ID, nullable=False),
        sa.Column("activity_id", _ID, nullable=False),
        sa.Column("record_id", _ID, nullable=True),
        sa.Column("account_id", _ID, nullable=False),
        sa.Column("by_volunteer", sa.Boolean(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("submitted_at", _MOMENT, nullable=False),
        sa.Column("decided_by", _ID, nullable=True),
        sa.Column("decided_at", _MOMENT, nullable=True),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("minutes_before", sa.Integer(), nullable=True),
        sa.Column("minutes", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["objection_id"], ["objection.id"], name=op.f("fk_appeal_objection_id_objection")),
        sa.ForeignKeyConstraint(["record_id"], ["service_record.id"], name=op.f("fk_appeal_record_id_service_record")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_appeal")),
        sa.UniqueConstraint("objection_id", name=op.f("uq_appeal_objection_id")),
    )
    op.create_index(op.f("ix_appeal_record_id"), "appeal", ["record_id"])
    op.create_index(op.f("ix_appeal_account_id"), "appeal", ["account_id"])
    op.create_index("ix_appeal_status", "appeal", ["status", "submitted_at", "id"])


def downgrade() -> None:
    op.drop_table("appeal")
    op.drop_column("objection", "minutes")
    op.drop_column("objection", "minutes_before")
