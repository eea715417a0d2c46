"""Which transaction wrote an in-app message, or marked it as read: how an open page finds what is new."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # no default for the rows that are there, which would write the table anew: nobody waits for them any more
    op.add_column("message", sa.Column("changed_in", sa.BigInteger(), nullable=True))
    op.alter_column("message", "changed_in", server_default=sa.text("pg_current_xact_id()::text::bigint"))
    with op.get_context().autocommit_block():
        op.create_index(
            "ix_message_news",
            "message",
            ["changed_in"],
            postgresql_where=sa.text("channel = 'inbox'"),
            postgresql_concurrently=True,
        )


def downgrade() -> None:
    with op.get_context().autocommit_block():
        op.drop_index("ix_message_news", "message", postgresql_concurrently=True)
    op.drop_column("message", "changed_in")
