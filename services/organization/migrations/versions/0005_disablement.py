"""Why an organization was disabled."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("organization", sa.Column("disablement_reason", sa.String(), nullable=True))


def downgrade() -> None:
    op.drop_column("organization", "disablement_reason")
