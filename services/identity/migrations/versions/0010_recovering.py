"""Verifications in person with their history, and accounts that are asked for by who lost the phone."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

_ID = sa.Uuid(as_uuid=False)
_MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "in_person_verification",
        sa.Column("id", _ID, nullable=False),
        sa.Column("volunteer_id", _ID, nullable=False),
        sa.Column("organization_id", _ID, nullable=False),
        sa.Column("verified_by", _ID, nullable=False),
        sa.Column("verified_at", _MOMENT, nullable=False),
        sa.Column("ended_at", _MOMENT, nullable=True),
        sa.Column("ended_by", _ID, nullable=True),
        sa.Column("cause", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["volunteer_id"], ["volunteer.id"], name=op.f("fk_in_person_verification_volunteer_id_volunteer"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_in_person_verification")),
    )  # fmt: skip
    op.create_index(op.f("ix_in_person_verification_volunteer_id"), "in_person_verification", ["volunteer_id"])
    op.execute(
        "INSERT INTO in_person_verification (id, volunteer_id, organization_id, verified_by, verified_at)"
        " SELECT gen_random_uuid(), id, verified_in_person_organization_id, verified_in_person_by,"
        " verified_in_person_at FROM volunteer"
        " WHERE verified_in_person_at IS NOT NULL AND verified_in_person_organization_id IS NOT NULL"
        " AND verified_in_person_by IS NOT NULL"
    )
    op.create_table(
        "account_recovery",
        sa.Column("id", _ID, nullable=False),
        sa.Column("volunteer_id", _ID, nullable=True),
        sa.Column("phone_sealed", sa.Text(), nullable=True),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("requested_at", _MOMENT, nullable=False),
        sa.Column("decided_at", _MOMENT, nullable=True),
        sa.Column("decided_by", _ID, nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["volunteer_id"], ["volunteer.id"], name=op.f("fk_account_recovery_volunteer_id_volunteer"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account_recovery")),
    )  # fmt: skip
    op.create_index(
        "uq_account_recovery_pending", "account_recovery", ["volunteer_id"], unique=True,
        postgresql_where=sa.text("status = 'pending'"),
    )  # fmt: skip
    op.create_index("ix_account_recovery_volunteer_id", "account_recovery", ["volunteer_id"])
    op.create_index("ix_account_recovery_requested_at", "account_recovery", ["requested_at"])


def downgrade() -> None:
    op.drop_table("account_recovery")
    op.drop_table("in_person_verification")
