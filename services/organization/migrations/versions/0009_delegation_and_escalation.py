"""Reviewing in another's place, and reviews that go to the organization above.

A version that runs on until it is replaced leaves ``escalates_at`` at its default, long past; the sweep
takes that for due and works out what it should be.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "delegation",
        sa.Column("id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("organization_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("delegator_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("delegate_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_delegation_organization_id_organization")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delegation")),
    )
    op.create_index("ix_delegation_organization", "delegation", ["organization_id", "created_at", "id"])
    op.create_index("ix_delegation_delegator", "delegation", ["delegator_id", "created_at", "id"])
    op.create_index("ix_delegation_delegate", "delegation", ["delegate_id", "created_at", "id"])
    op.create_table(
        "escalation",
        sa.Column("id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("subject_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("organization_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("escalated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reminded_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_escalation_organization_id_organization")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_escalation")),
        sa.UniqueConstraint("kind", "subject_id", "submitted_at", "organization_id", name="uq_escalation_told"),
    )
    op.create_index("ix_escalation_organization", "escalation", ["organization_id", "kind", "subject_id"])
    op.create_index(
        "ix_escalation_untold", "escalation", ["organization_id"], postgresql_where=sa.text("reminded_at IS NULL")
    )
    op.add_column("review_decision", sa.Column("on_behalf_of", sa.Uuid(as_uuid=False), nullable=True))
    for table in ("membership", "organization"):
        op.add_column(table, sa.Column("escalates_at", sa.DateTime(timezone=True), server_default=sa.text("'epoch'"), nullable=False))
        op.create_index(
            f"ix_{table}_escalates", table, ["escalates_at"], postgresql_where=sa.text("status = 'pending'")
        )


def downgrade() -> None:
    for table in ("organization", "membership"):
        op.drop_index(f"ix_{table}_escalates", table_name=table)
        op.drop_column(table, "escalates_at")
    op.drop_column("review_decision", "on_behalf_of")
    op.drop_table("escalation")
    op.drop_table("delegation")
