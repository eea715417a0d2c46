"""Refused messages can be taken again: what it takes to read them as they came, and what became of the last try.

Of what was written down before, and by the former version meanwhile, nobody knows whether it was kept whole. And since
when a group's visit has its day, so that a report taken late does not put an earlier one in its place.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("refused_message", sa.Column("type", sa.String(), nullable=False, server_default=""))
    op.add_column("refused_message", sa.Column("whole", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("refused_message", sa.Column("state", sa.String(), nullable=False, server_default="refused"))
    op.add_column("refused_message", sa.Column("tried_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("refused_message", sa.Column("tried_by", sa.Uuid(as_uuid=False), nullable=True))
    op.add_column("refused_message", sa.Column("outcome", sa.String(), nullable=True))
    op.add_column("refused_message", sa.Column("tried_code", sa.String(), nullable=True))
    op.add_column("refused_message", sa.Column("tried_why", sa.String(), nullable=True))
    op.add_column("group_application", sa.Column("scheduled_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    op.drop_column("group_application", "scheduled_at")
    for column in ("tried_why", "tried_code", "outcome", "tried_by", "tried_at", "state", "whole", "type"):
        op.drop_column("refused_message", column)
