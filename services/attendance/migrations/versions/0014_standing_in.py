"""Who reviews in whose place: copies of delegations and of the roles that review, and whose decision one was."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

_ID = sa.Uuid(as_uuid=False)
_MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "delegation_copy",
        sa.Column("id", _ID, nullable=False),
        sa.Column("organization_id", _ID, nullable=False),
        sa.Column("delegator_id", _ID, nullable=False),
        sa.Column("delegate_id", _ID, nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("created_at", _MOMENT, nullable=False),
        sa.Column("revoked", sa.Boolean(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delegation_copy")),
    )
    op.create_index(op.f("ix_delegation_copy_delegate_id"), "delegation_copy", ["delegate_id"])
    op.create_table(
        "reviewer_copy",
        sa.Column("id", _ID, nullable=False),
        sa.Column("organization_id", _ID, nullable=False),
        sa.Column("account_id", _ID, nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("appointed_at", _MOMENT, nullable=True),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reviewer_copy")),
    )
    op.create_index(op.f("ix_reviewer_copy_account_id"), "reviewer_copy", ["account_id"])
    for table in ("supplement", "held_hours"):
        op.add_column(table, sa.Column("on_behalf_of", _ID, nullable=True))


def downgrade() -> None:
    for table in ("supplement", "held_hours"):
        op.drop_column(table, "on_behalf_of")
    op.drop_table("reviewer_copy")
    op.drop_table("delegation_copy")
