"""What became of invitations: who declined, and indexes for the lists of both sides."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("invitation", sa.Column("declined_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index("ix_invitation_activity_id", "invitation", ["activity_id", "created_at", "id"], unique=False)
    op.create_index("ix_invitation_volunteer_id", "invitation", ["volunteer_id", "created_at", "id"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_invitation_volunteer_id", "invitation")
    op.drop_index("ix_invitation_activity_id", "invitation")
    op.drop_column("invitation", "declined_at")
