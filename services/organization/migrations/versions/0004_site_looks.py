"""A site's logo as a file that was handed in, and a second colour."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("site", sa.Column("logo_upload_id", sa.Uuid(as_uuid=False), nullable=True))
    op.add_column("site", sa.Column("accent_color", sa.String(), nullable=True))


def downgrade() -> None:
    op.drop_column("site", "accent_color")
    op.drop_column("site", "logo_upload_id")
