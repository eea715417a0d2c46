"""Imports of spreadsheets, and accounts that are confirmed on first login."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_ID = sa.Uuid(as_uuid=False)


def upgrade() -> None:
    op.add_column("account", sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True))
    op.create_table(
        "import_job",
        sa.Column("id", _ID, nullable=False),
        sa.Column("organization_id", _ID, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("created_by", _ID, nullable=False),
        sa.Column("executed_by", _ID, nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("touched_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_row", sa.Integer(), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("checked", sa.Integer(), nullable=False),
        sa.Column("good", sa.Integer(), nullable=False),
        sa.Column("bad", sa.Integer(), nullable=False),
        sa.Column("imported", sa.Integer(), nullable=False),
        sa.Column("failed", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_job")),
    )
    op.create_index("ix_import_job_organization", "import_job", ["organization_id", "created_at", "id"])
    op.create_index(
        "ix_import_job_work",
        "import_job",
        ["touched_at"],
        postgresql_where=sa.text("status IN ('checking', 'importing')"),
    )
    op.create_table(
        "import_row",
        sa.Column("id", _ID, nullable=False),
        sa.Column("job_id", _ID, nullable=False),
        sa.Column("row_no", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("payload_sealed", sa.Text(), nullable=True),
        sa.Column("cert_no_digest", sa.LargeBinary(), nullable=True),
        sa.Column("phone_digest", sa.LargeBinary(), nullable=True),
        sa.Column("errors", postgresql.JSONB(), nullable=False),
        sa.Column("subject_id", _ID, nullable=True),
        sa.ForeignKeyConstraint(
            ["job_id"], ["import_job.id"], name=op.f("fk_import_row_job_id_import_job"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_row")),
        sa.UniqueConstraint("job_id", "row_no", name="uq_import_row_place"),
    )
    op.create_index("ix_import_row_state", "import_row", ["job_id", "state", "row_no"])
    op.create_index("ix_import_row_cert_no", "import_row", ["job_id", "cert_no_digest"])
    op.create_index("ix_import_row_phone", "import_row", ["job_id", "phone_digest"])


def downgrade() -> None:
    op.drop_table("import_row")
    op.drop_table("import_job")
    op.drop_column("account", "confirmed_at")
