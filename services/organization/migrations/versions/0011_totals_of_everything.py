"""The sums over everything, kept; and an index of when organizations were last active, for `since`.

A version that runs on until it is replaced does not keep them: `dev supervision recount --repair` after an update.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "counter_total",
        sa.Column("part", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("active", sa.BigInteger(), nullable=False),
        sa.Column("registered", sa.BigInteger(), nullable=False),
        sa.Column("league_members", sa.BigInteger(), nullable=False),
        sa.Column("card_holders", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("part", name=op.f("pk_counter_total")),
    )
    op.execute(
        "INSERT INTO counter_total (part, active, registered, league_members, card_holders)"
        " SELECT 0, count(*) FILTER (WHERE active), coalesce(sum(registered), 0), coalesce(sum(league_members), 0),"
        " coalesce(sum(card_holders), 0) FROM organization_counter"
    )
    op.create_index(
        "ix_organization_counter_last_activity",
        "organization_counter",
        ["last_activity_at"],
        postgresql_where=sa.text("active AND last_activity_at IS NOT NULL"),
    )


def downgrade() -> None:
    op.drop_index("ix_organization_counter_last_activity", table_name="organization_counter")
    op.drop_table("counter_total")
