"""Refused messages can be taken again: what it takes to read them as they came, and what became of the last try.

Of what was written down before, and by the former version meanwhile, nobody knows whether it was kept whole. And since
when a group's visit has its day, so that a report taken late does not put an earlier one in its place.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from services.chassis.migrations import statement_by_statement

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


_COLUMNS = (
    sa.Column("type", sa.String(), nullable=False, server_default=""),
    sa.Column("whole", sa.Boolean(), nullable=False, server_default=sa.false()),
    sa.Column("state", sa.String(), nullable=False, server_default="refused"),
    sa.Column("tried_at", sa.DateTime(timezone=True), nullable=True),
    sa.Column("tried_by", sa.Uuid(as_uuid=False), nullable=True),
    sa.Column("outcome", sa.String(), nullable=True),
    sa.Column("tried_code", sa.String(), nullable=True),
    sa.Column("tried_why", sa.String(), nullable=True),
)


def upgrade() -> None:
    with statement_by_statement(op):
        for column in _COLUMNS:
            op.add_column("refused_message", column, if_not_exists=True)
        scheduled_at = sa.Column("scheduled_at", sa.DateTime(timezone=True), nullable=True)
        op.add_column("group_application", scheduled_at, if_not_exists=True)


def downgrade() -> None:
    with statement_by_statement(op):
        op.drop_column("group_application", "scheduled_at", if_exists=True)
        for column in reversed(_COLUMNS):
            op.drop_column("refused_message", column.name, if_exists=True)
