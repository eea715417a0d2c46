"""Who comes along with a volunteer who is too young to come alone."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("volunteer_copy", sa.Column("accompanied_until", sa.Date(), nullable=True))
    op.add_column("enrollment", sa.Column("accompanied_by_sealed", sa.Text(), nullable=True))


def downgrade() -> None:
    op.drop_column("enrollment", "accompanied_by_sealed")
    op.drop_column("volunteer_copy", "accompanied_until")
