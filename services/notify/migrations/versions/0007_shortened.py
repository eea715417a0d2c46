"""Which parameters a provider was given cut, because it does not take them so long."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_TABLES = ("message", "simulated_message")


def upgrade() -> None:
    for table in _TABLES:  # a constant default writes no row anew
        op.add_column(table, sa.Column("shortened", ARRAY(sa.String()), nullable=False, server_default="{}"))


def downgrade() -> None:
    for table in _TABLES:
        op.drop_column(table, "shortened")
