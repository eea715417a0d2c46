"""Who entered a sign-out that was forgotten, and why; none was before."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("service_record", sa.Column("signed_out_by", sa.Uuid(as_uuid=False), nullable=True))
    op.add_column("service_record", sa.Column("sign_out_reason", sa.String(), nullable=True))


def downgrade() -> None:
    op.drop_column("service_record", "sign_out_reason")
    op.drop_column("service_record", "signed_out_by")
