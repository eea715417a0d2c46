"""From what, and from where, a session is used; and the rows of a spreadsheet by whom they became, for erasures."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("login_session", sa.Column("device", sa.Text(), nullable=True))
    op.add_column("login_session", sa.Column("address_sealed", sa.Text(), nullable=True))
    op.create_index(
        "ix_import_row_subject", "import_row", ["subject_id"], postgresql_where=sa.text("subject_id IS NOT NULL")
    )


def downgrade() -> None:
    op.drop_index("ix_import_row_subject", table_name="import_row")
    op.drop_column("login_session", "address_sealed")
    op.drop_column("login_session", "device")
