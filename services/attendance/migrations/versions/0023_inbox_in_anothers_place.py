"""In whose place a correction, missing hours, an objection or an appeal was decided, and what came of it entered."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from services.chassis.migrations import statement_by_statement

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

_COLUMNS = {
    "correction": "on_behalf_of",
    "missing_entry": "on_behalf_of",
    "objection": "on_behalf_of",
    "appeal": "on_behalf_of",
    "supplement": "submitted_on_behalf_of",
    "held_hours": "recorded_on_behalf_of",
}


def upgrade() -> None:
    with statement_by_statement(op):
        for table, column in _COLUMNS.items():
            op.add_column(table, sa.Column(column, sa.Uuid(as_uuid=False), nullable=True), if_not_exists=True)


def downgrade() -> None:
    with statement_by_statement(op):
        for table, column in _COLUMNS.items():
            op.drop_column(table, column, if_exists=True)
