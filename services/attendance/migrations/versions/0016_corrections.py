"""Corrections of records, and what speaks for them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

_ID = sa.Uuid(as_uuid=False)
_MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "correction",
        sa.Column("id", _ID, nullable=False),
        sa.Column("record_id", _ID, nullable=False),
        sa.Column("volunteer_id", _ID, nullable=False),
        sa.Column("activity_id", _ID, nullable=False),
        sa.Column("on_request", sa.Boolean(), nullable=False),
        sa.Column("starts_at", _MOMENT, nullable=True),
        sa.Column("ends_at", _MOMENT, nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("requested_by", _ID, nullable=False),
        sa.Column("requested_at", _MOMENT, nullable=False),
        sa.Column("decided_by", _ID, nullable=True),
        sa.Column("decided_at", _MOMENT, nullable=True),
        sa.Column("decision_reason", sa.String(), nullable=True),
        sa.Column("granted_starts_at", _MOMENT, nullable=True),
        sa.Column("granted_ends_at", _MOMENT, nullable=True),
        sa.Column("minutes_before", sa.Integer(), nullable=True),
        sa.Column("minutes", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["record_id"], ["service_record.id"], name=op.f("fk_correction_record_id_service_record")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_correction")),
    )
    op.create_index(op.f("ix_correction_record_id"), "correction", ["record_id"])
    op.create_index("ix_correction_volunteer", "correction", ["volunteer_id", "requested_at", "id"])
    op.create_index("ix_correction_status", "correction", ["status", "requested_at", "id"])
    op.create_index(
        "uq_correction_requested",
        "correction",
        ["record_id"],
        unique=True,
        postgresql_where=sa.text("status = 'requested'"),
    )
    op.create_table(
        "correction_evidence",
        sa.Column("correction_id", _ID, nullable=False),
        sa.Column("position", sa.SmallInteger(), nullable=False),
        sa.Column("upload_id", _ID, nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("content_type", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["correction_id"], ["correction.id"], name=op.f("fk_correction_evidence_correction_id_correction")
        ),
        sa.PrimaryKeyConstraint("correction_id", "position", name=op.f("pk_correction_evidence")),
    )
    op.create_index(op.f("ix_correction_evidence_upload_id"), "correction_evidence", ["upload_id"])
    op.create_index(op.f("ix_correction_evidence_sha256"), "correction_evidence", ["sha256"])


def downgrade() -> None:
    op.drop_table("correction_evidence")
    op.drop_table("correction")
