"""Evaluations, trainings and awards."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_ID = sa.Uuid(as_uuid=False)
_MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "activity_evaluation",
        sa.Column("id", _ID, nullable=False),
        sa.Column("activity_id", _ID, nullable=False),
        sa.Column("volunteer_id", _ID, nullable=False),
        sa.Column("stars", sa.SmallInteger(), nullable=False),
        sa.Column("text", sa.String(), nullable=True),
        sa.Column("evaluated_at", _MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_activity_evaluation")),
        sa.UniqueConstraint("activity_id", "volunteer_id", name=op.f("uq_activity_evaluation_activity_id_volunteer_id")),
    )
    op.create_index(op.f("ix_activity_evaluation_volunteer_id"), "activity_evaluation", ["volunteer_id"])
    op.create_index("ix_activity_evaluation_page", "activity_evaluation", ["activity_id", "evaluated_at", "id"])
    op.create_table(
        "service_evaluation",
        sa.Column("record_id", _ID, nullable=False),
        sa.Column("volunteer_id", _ID, nullable=False),
        sa.Column("grade", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=True),
        sa.Column("evaluated_by", _ID, nullable=False),
        sa.Column("evaluated_at", _MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["record_id"], ["service_record.id"], name=op.f("fk_service_evaluation_record_id_service_record")
        ),
        sa.PrimaryKeyConstraint("record_id", name=op.f("pk_service_evaluation")),
    )
    op.create_index(
        "ix_service_evaluation_volunteer", "service_evaluation", ["volunteer_id", "evaluated_at", "record_id"]
    )
    op.create_table(
        "attainment",
        sa.Column("id", _ID, nullable=False),
        sa.Column("volunteer_id", _ID, nullable=False),
        sa.Column("organization_id", _ID, nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("issuer", sa.String(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=True),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("recorded_by", _ID, nullable=False),
        sa.Column("recorded_at", _MOMENT, nullable=False),
        sa.Column("revoked_at", _MOMENT, nullable=True),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attainment")),
    )
    op.create_index("ix_attainment_volunteer", "attainment", ["volunteer_id", "day", "id"])


def downgrade() -> None:
    op.drop_table("attainment")
    op.drop_table("service_evaluation")
    op.drop_table("activity_evaluation")
