"""Contact points, messages, preferences and the simulator's inbox."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from services.chassis.migrations import create_chassis_tables

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_ID = sa.Uuid(as_uuid=False)


def upgrade() -> None:
    create_chassis_tables(op)
    op.create_table(
        "contact_point",
        sa.Column("account_id", _ID, nullable=False),
        sa.Column("volunteer_id", _ID, nullable=True),
        sa.Column("phone_sealed", sa.String(), nullable=True),
        sa.Column("email_sealed", sa.String(), nullable=True),
        sa.Column("locale", sa.String(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("erased_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("account_id", name=op.f("pk_contact_point")),
        sa.UniqueConstraint("volunteer_id", name=op.f("uq_contact_point_volunteer_id")),
    )
    op.create_table(
        "message",
        sa.Column("id", _ID, nullable=False),
        sa.Column("event_id", _ID, nullable=False),
        sa.Column("template", sa.String(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("account_id", _ID, nullable=True),
        sa.Column("volunteer_id", _ID, nullable=True),
        sa.Column("recipient_sealed", sa.String(), nullable=True),
        sa.Column("recipient_key", sa.String(), nullable=False),
        sa.Column("parameters", postgresql.JSONB(), nullable=False),
        sa.Column("secrets_sealed", sa.String(), nullable=True),
        sa.Column("priority", sa.SmallInteger(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("attempts", sa.SmallInteger(), nullable=False),
        sa.Column("next_attempt_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("recipient_masked", sa.String(), nullable=True),
        sa.Column("segments", sa.SmallInteger(), nullable=True),
        sa.Column("failure", sa.String(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message")),
        sa.UniqueConstraint(
            "event_id",
            "recipient_key",
            "template",
            "channel",
            name=op.f("uq_message_event_id_recipient_key_template_channel"),
        ),
    )
    op.create_index("ix_message_account", "message", ["account_id", "created_at", "id"], unique=False)
    op.create_index("ix_message_created_at", "message", ["created_at", "id"], unique=False)
    op.create_index(
        "ix_message_due",
        "message",
        ["priority", "next_attempt_at"],
        unique=False,
        postgresql_where=sa.text("status = 'queued'"),
    )
    op.create_index(
        "ix_message_sending",
        "message",
        ["next_attempt_at"],
        unique=False,
        postgresql_where=sa.text("status = 'sending'"),
    )
    op.create_index("ix_message_volunteer", "message", ["volunteer_id", "created_at", "id"], unique=False)
    op.create_table(
        "preference",
        sa.Column("account_id", _ID, nullable=False),
        sa.Column("template", sa.String(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("account_id", "template", "channel", name=op.f("pk_preference")),
    )
    op.create_table(
        "simulated_message",
        sa.Column("id", _ID, nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("recipient", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("template", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_simulated_message")),
    )
    op.create_index("ix_simulated_message_recipient", "simulated_message", ["recipient", "at"], unique=False)


def downgrade() -> None:
    raise RuntimeError("the first revision has nothing to go back to")
