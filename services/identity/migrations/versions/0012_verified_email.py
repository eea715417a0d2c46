"""When, and by which code, somebody showed that the mailbox is theirs; of present addresses nothing is known."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("account", sa.Column("email_verified_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("account", sa.Column("email_verified_by", sa.Text(), nullable=True))


def downgrade() -> None:
    op.drop_column("account", "email_verified_by")
    op.drop_column("account", "email_verified_at")
