"""A site is shown once its domain was approved; those that are there were."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("site", sa.Column("approved_at", sa.DateTime(timezone=True), nullable=True))
    op.execute("UPDATE site SET approved_at = updated_at")
    op.create_index(
        "uq_site_approved_domain", "site", ["domain"], unique=True, postgresql_where=sa.text("approved_at IS NOT NULL")
    )
    op.drop_constraint("uq_site_domain", "site", type_="unique")


def downgrade() -> None:
    op.execute("DELETE FROM site WHERE approved_at IS NULL")
    op.create_unique_constraint("uq_site_domain", "site", ["domain"])
    op.drop_index("uq_site_approved_domain", table_name="site")
    op.drop_column("site", "approved_at")
