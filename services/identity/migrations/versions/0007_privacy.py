"""Consents, and exports that gather what all services hold of a person."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "consent_record",
        sa.Column("id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("account_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("text_version", sa.Text(), nullable=False),
        sa.Column("text_hash", sa.Text(), nullable=False),
        sa.Column("given_by", sa.Text(), nullable=False),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name="fk_consent_record_account_id_account", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_consent_record"),
    )
    op.create_index("ix_consent_record_account_id", "consent_record", ["account_id"])
    op.create_table(
        "data_export",
        sa.Column("id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("account_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("requested_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name="fk_data_export_account_id_account", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_data_export"),
    )
    op.create_index("ix_data_export_account_id", "data_export", ["account_id"])
    op.create_index("ix_data_export_expires_at", "data_export", ["expires_at"])
    op.create_table(
        "data_export_part",
        sa.Column("export_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("service", sa.Text(), nullable=False),
        sa.Column("document_sealed", sa.Text(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["export_id"], ["data_export.id"], name="fk_data_export_part_export_id_data_export", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("export_id", "service", name="pk_data_export_part"),
    )


def downgrade() -> None:
    op.drop_table("data_export_part")
    op.drop_table("data_export")
    op.drop_table("consent_record")
