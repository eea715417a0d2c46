"""Invitations to become an administrator."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "administrator_invitation",
        sa.Column("id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("organization_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("account_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("invited_by", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("by_platform", sa.Boolean(), nullable=False),
        sa.Column("invited_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["organization.id"],
            name=op.f("fk_administrator_invitation_organization_id_organization"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_administrator_invitation")),
    )
    op.create_index(
        "uq_administrator_invitation_open",
        "administrator_invitation",
        ["organization_id", "account_id"],
        unique=True,
        postgresql_where=sa.text("status = 'open'"),
    )
    op.create_index(
        "ix_administrator_invitation_organization",
        "administrator_invitation",
        ["organization_id", "invited_at", "id"],
    )
    op.create_index(
        "ix_administrator_invitation_account", "administrator_invitation", ["account_id", "invited_at", "id"]
    )


def downgrade() -> None:
    op.drop_table("administrator_invitation")
