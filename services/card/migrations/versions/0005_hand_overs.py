"""What banks were handed, replays of it, and reconciliation.

What was handed over before gets its record here: under the message's own id as far as the outbox still knows it.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_FORMER = """
INSERT INTO hand_over (id, bank, type, application_id, day, handed_at, last_at, times)
SELECT coalesce(message.event_id, gen_random_uuid()), application.bank, 'card.application.v1', application.id,
       (consent.provided_at AT TIME ZONE 'Asia/Shanghai')::date, consent.provided_at, consent.provided_at, 1
FROM card_application AS application
JOIN consent ON consent.application_id = application.id AND consent.provided_at IS NOT NULL
LEFT JOIN outbox AS message ON message.destination = 'partner'
    AND message.body ->> 'type' = 'card.application.v1'
    AND message.body ->> 'application_no' = application.application_no
"""


def upgrade() -> None:
    _hand_over()
    op.execute(_FORMER)
    op.create_table(
        "partner_replay",
        sa.Column("id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("bank", sa.String(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("messages", sa.Integer(), nullable=False),
        sa.Column("webhook_id", sa.String(), nullable=True),
        sa.Column("requested_by", sa.String(), nullable=False),
        sa.Column("requested_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_partner_replay"),
    )
    op.create_index("ix_partner_replay_requested_at", "partner_replay", ["requested_at", "id"], unique=False)
    op.create_index("uq_partner_replay_webhook", "partner_replay", ["bank", "webhook_id"], unique=True)
    op.create_table(
        "reconciliation",
        sa.Column("id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("bank", sa.String(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("differences", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_reconciliation"),
        sa.UniqueConstraint("bank", "day", name="uq_reconciliation_bank_day"),
    )
    op.create_index("ix_reconciliation_day", "reconciliation", ["day", "id"], unique=False)
    op.create_table(
        "reconciliation_difference",
        sa.Column("id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("reconciliation_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("bank", sa.String(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("application_no", sa.String(), nullable=False),
        sa.Column("why", sa.String(), nullable=False),
        sa.Column("ours", sa.String(), nullable=True),
        sa.Column("theirs", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(
            ["reconciliation_id"],
            ["reconciliation.id"],
            name="fk_reconciliation_difference_reconciliation_id_reconciliation",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_reconciliation_difference"),
    )
    op.create_index(
        "ix_reconciliation_difference_reconciliation_id",
        "reconciliation_difference",
        ["reconciliation_id"],
        unique=False,
    )
    op.create_index(
        "ix_reconciliation_difference_day", "reconciliation_difference", ["day", "application_no", "id"], unique=False
    )


def _hand_over() -> None:
    op.create_table(
        "hand_over",
        sa.Column("id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("bank", sa.String(), nullable=False),
        sa.Column("type", sa.String(), nullable=False),
        sa.Column("application_id", sa.Uuid(as_uuid=False), nullable=True),
        sa.Column("group_id", sa.Uuid(as_uuid=False), nullable=True),
        sa.Column("key_id", sa.String(), nullable=True),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("handed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.Column("replay_id", sa.Uuid(as_uuid=False), nullable=True),
        sa.Column("next_attempt_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["application_id"], ["card_application.id"], name="fk_hand_over_application_id_card_application"
        ),
        sa.ForeignKeyConstraint(
            ["group_id"], ["group_application.id"], name="fk_hand_over_group_id_group_application"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_hand_over"),
    )
    op.create_index("ix_hand_over_application_id", "hand_over", ["application_id"], unique=False)
    op.create_index("ix_hand_over_day", "hand_over", ["bank", "day"], unique=False)
    op.create_index("ix_hand_over_last_at", "hand_over", ["last_at"], unique=False)
    op.create_index(
        "ix_hand_over_due",
        "hand_over",
        ["next_attempt_at"],
        unique=False,
        postgresql_where=sa.text("next_attempt_at IS NOT NULL"),
    )


def downgrade() -> None:
    for table in ("reconciliation_difference", "reconciliation", "partner_replay", "hand_over"):
        op.drop_table(table)
