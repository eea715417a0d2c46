"""Who took a message and what it cost, what may wait, what an organization may send a day."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_ID = sa.Uuid(as_uuid=False)


def upgrade() -> None:
    op.add_column("message", sa.Column("organization_id", _ID, nullable=True))
    op.add_column("message", sa.Column("can_wait", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("message", sa.Column("provider", sa.String(), nullable=True))
    op.add_column("message", sa.Column("provider_id", sa.String(), nullable=True))
    op.add_column("message", sa.Column("cost", sa.Numeric(10, 4), nullable=True))
    queued = sa.text("status = 'queued'")
    op.create_index("ix_message_lane", "message", ["channel", "priority", "next_attempt_at"], postgresql_where=queued)
    op.drop_index("ix_message_due", "message")  # the former version finds its rows by the new one, a little slower
    op.add_column("simulated_message", sa.Column("times", sa.Integer(), nullable=False, server_default="1"))
    op.create_table(
        "sms_budget",
        sa.Column("organization_id", _ID, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("segments", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("organization_id", "day", name=op.f("pk_sms_budget")),
    )


def downgrade() -> None:
    op.drop_table("sms_budget")
    op.drop_column("simulated_message", "times")
    queued = sa.text("status = 'queued'")
    op.create_index("ix_message_due", "message", ["priority", "next_attempt_at"], postgresql_where=queued)
    op.drop_index("ix_message_lane", "message")
    for column in ("cost", "provider_id", "provider", "can_wait", "organization_id"):
        op.drop_column("message", column)
