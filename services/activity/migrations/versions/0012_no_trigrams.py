"""What search no longer looks at, now that there are listings.

(No version that read it was ever released; else this would be for the release after.)
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

_PUBLISHED = sa.text("status = 'published'")
_REVOKED = sa.text("status = 'revoked'")


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '3s'")
    for index in ("search_text", "starts_at", "ends_at", "region", "latitude"):
        op.drop_index(f"ix_activity_{index}", "activity")
    op.drop_column("activity", "search_text")
    op.create_index("ix_activity_revoked", "activity", ["starts_at", "id"], postgresql_where=_REVOKED)


def downgrade() -> None:
    op.drop_index("ix_activity_revoked", "activity")
    op.add_column(
        "activity",
        sa.Column(
            "search_text", sa.Text(), sa.Computed("title || ' ' || description || ' ' || address", persisted=True),
            nullable=False,
        ),
    )  # fmt: skip
    op.create_index("ix_activity_latitude", "activity", ["latitude", "longitude"], postgresql_where=_PUBLISHED)
    op.create_index(
        "ix_activity_region", "activity", ["region", "starts_at"], postgresql_ops={"region": "text_pattern_ops"},
        postgresql_where=_PUBLISHED,
    )  # fmt: skip
    op.create_index("ix_activity_ends_at", "activity", ["ends_at"], postgresql_where=_PUBLISHED)
    op.create_index("ix_activity_starts_at", "activity", ["starts_at", "id"], postgresql_where=_PUBLISHED)
    op.create_index(
        "ix_activity_search_text", "activity", ["search_text"], postgresql_using="gin",
        postgresql_ops={"search_text": "gin_trgm_ops"},
    )  # fmt: skip
