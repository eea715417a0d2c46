"""Whom to tell that a name was locked."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("login_failure", sa.Column("account_id", sa.Uuid(as_uuid=False), nullable=True))
    op.add_column("login_failure", sa.Column("notice_due", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.create_index(
        "ix_login_failure_notice", "login_failure", ["last_at"], unique=False, postgresql_where=sa.text("notice_due")
    )


def downgrade() -> None:
    op.drop_index("ix_login_failure_notice", table_name="login_failure", postgresql_where=sa.text("notice_due"))
    op.drop_column("login_failure", "notice_due")
    op.drop_column("login_failure", "account_id")
