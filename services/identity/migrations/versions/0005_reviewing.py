"""Real-name checks that wait for an answer, the steps of a review, and whom to call in an emergency."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_ID = sa.Uuid(as_uuid=False)


def upgrade() -> None:
    op.create_table(
        "realname_check",
        sa.Column("volunteer_id", _ID, nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("requested_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("next_attempt_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["volunteer_id"], ["volunteer.id"], name=op.f("fk_realname_check_volunteer_id_volunteer"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("volunteer_id", name=op.f("pk_realname_check")),
    )  # fmt: skip
    op.create_index(op.f("ix_realname_check_next_attempt_at"), "realname_check", ["next_attempt_at"], unique=False)
    op.create_table(
        "review_step",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("volunteer_id", _ID, nullable=False),
        sa.Column("step", sa.Text(), nullable=False),
        sa.Column("organization_id", _ID, nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["volunteer_id"], ["volunteer.id"], name=op.f("fk_review_step_volunteer_id_volunteer"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review_step")),
    )
    op.create_index("ix_review_step_volunteer", "review_step", ["volunteer_id", "id"], unique=False)
    op.add_column("volunteer", sa.Column("emergency_name_sealed", sa.Text(), nullable=True))
    op.add_column("volunteer", sa.Column("emergency_phone_sealed", sa.Text(), nullable=True))
    op.add_column("volunteer", sa.Column("realname", sa.Text(), nullable=True))


def downgrade() -> None:
    op.drop_column("volunteer", "realname")
    op.drop_column("volunteer", "emergency_phone_sealed")
    op.drop_column("volunteer", "emergency_name_sealed")
    op.drop_table("review_step")
    op.drop_table("realname_check")
