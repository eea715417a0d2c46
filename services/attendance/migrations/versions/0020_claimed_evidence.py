"""Files that volunteers give with a claim of missing hours."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

_ID = sa.Uuid(as_uuid=False)


def upgrade() -> None:
    op.create_table(
        "missing_entry_evidence",
        sa.Column("missing_entry_id", _ID, nullable=False),
        sa.Column("position", sa.SmallInteger(), nullable=False),
        sa.Column("upload_id", _ID, nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("content_type", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["missing_entry_id"],
            ["missing_entry.id"],
            name=op.f("fk_missing_entry_evidence_missing_entry_id_missing_entry"),
        ),
        sa.PrimaryKeyConstraint("missing_entry_id", "position", name=op.f("pk_missing_entry_evidence")),
    )
    op.create_index(op.f("ix_missing_entry_evidence_upload_id"), "missing_entry_evidence", ["upload_id"])
    op.create_index(op.f("ix_missing_entry_evidence_sha256"), "missing_entry_evidence", ["sha256"])


def downgrade() -> None:
    op.drop_table("missing_entry_evidence")
