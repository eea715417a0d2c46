"""Supervision's figures are read from indexes alone: of a subtree, and of the few that declare or wait."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

_WAITING = "ix_organization_counter_waiting"
_KEYS = ["path", "organization_id", "pending_memberships"]


def upgrade() -> None:
    op.drop_index(_WAITING, table_name="organization_counter")
    op.create_index(
        _WAITING,
        "organization_counter",
        _KEYS,
        postgresql_include=["oldest_pending_at"],
        postgresql_where=sa.text("pending_memberships > 0"),
    )
    op.create_index(
        "ix_organization_counter_sums",
        "organization_counter",
        ["path"],
        postgresql_include=["active", "registered", "league_members", "card_holders", "last_activity_at"],
    )
    op.create_index(
        "ix_organization_counter_declaring",
        "organization_counter",
        ["path"],
        postgresql_include=[
            "covered_level",
            "declared_organizations",
            "declared_volunteers",
            "declared_league_members",
        ],
        postgresql_where=sa.text("declared_volunteers IS NOT NULL"),
    )
    op.create_index(
        "ix_organization_counter_submitted",
        "organization_counter",
        ["path"],
        postgresql_include=["waiting_since"],
        postgresql_where=sa.text("waiting_since IS NOT NULL"),
    )


def downgrade() -> None:
    op.drop_index("ix_organization_counter_submitted", table_name="organization_counter")
    op.drop_index("ix_organization_counter_declaring", table_name="organization_counter")
    op.drop_index("ix_organization_counter_sums", table_name="organization_counter")
    op.drop_index(_WAITING, table_name="organization_counter")
    op.create_index(
        _WAITING, "organization_counter", _KEYS, postgresql_where=sa.text("pending_memberships > 0")
    )
