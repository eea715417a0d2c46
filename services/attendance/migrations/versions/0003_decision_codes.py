"""Which of the listed reasons a supplement was rejected for."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("supplement", sa.Column("decision_code", sa.String(), nullable=True))


def downgrade() -> None:
    op.drop_column("supplement", "decision_code")
