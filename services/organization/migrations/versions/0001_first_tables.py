"""The tree, administrators, memberships, reviews, sites, receipts, and the copies that organization keeps."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from services.chassis.migrations import create_chassis_tables
from services.chassis.organizations import LTREE_DDL, LTree

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(LTREE_DDL)
    create_chassis_tables(op)
    op.create_table(
        "applicant",
        sa.Column("volunteer_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("volunteer_no", sa.String(), nullable=False),
        sa.Column("cert_type", sa.String(), nullable=False),
        sa.Column("cert_no_masked", sa.String(), nullable=False),
        sa.Column("phone_masked", sa.String(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("volunteer_id", name=op.f("pk_applicant")),
    )
    op.create_table(
        "card_application",
        sa.Column("id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("volunteer_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_card_application")),
    )
    op.create_index(
        "ix_card_application_in_hand",
        "card_application",
        ["volunteer_id"],
        unique=False,
        postgresql_where=sa.text("status = 'activated'"),
    )
    op.create_table(
        "organization",
        sa.Column("id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("parent_id", sa.Uuid(as_uuid=False), nullable=True),
        sa.Column("path", LTree(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("region", sa.String(), nullable=False),
        sa.Column("uscc", sa.String(), nullable=True),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("rejection_reason", sa.String(), nullable=True),
        sa.Column("account_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("principal_name", sa.String(), nullable=False),
        sa.Column("registered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "(parent_id IS NULL) = (kind = 'province')", name=op.f("ck_organization_only_a_province_is_a_root")
        ),
        sa.ForeignKeyConstraint(
            ["parent_id"], ["organization.id"], name=op.f("fk_organization_parent_id_organization")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organization")),
    )
    op.create_index("ix_organization_name", "organization", ["name", "id"], unique=False)
    op.create_index("ix_organization_parent", "organization", ["parent_id", "name", "id"], unique=False)
    op.create_index("ix_organization_path", "organization", ["path"], unique=False, postgresql_using="gist")
    op.create_index("ix_organization_review", "organization", ["status", "submitted_at", "id"], unique=False)
    op.create_index(
        "uq_organization_root",
        "organization",
        ["kind"],
        unique=True,
        postgresql_where=sa.text("kind = 'province' AND status <> 'rejected'"),
    )
    op.create_index(
        "uq_organization_sibling_name",
        "organization",
        [sa.literal_column("coalesce(parent_id, '00000000-0000-0000-0000-000000000000'::uuid)"), "name"],
        unique=True,
        postgresql_where=sa.text("status <> 'rejected'"),
    )
    op.create_table(
        "published_activity",
        sa.Column("id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("organization_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_published_activity")),
    )
    op.create_index(
        "ix_published_activity_organization",
        "published_activity",
        ["organization_id", "published_at"],
        unique=False,
        postgresql_where=sa.text("revoked_at IS NULL"),
    )
    op.create_table(
        "review_decision",
        sa.Column("id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("subject_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("decided_by", sa.Uuid(as_uuid=False), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review_decision")),
    )
    op.create_index("ix_review_decision_subject", "review_decision", ["subject_id", "decided_at"], unique=False)
    op.create_table(
        "volunteer",
        sa.Column("id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("account_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("volunteer_no", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("political_status", sa.String(), nullable=True),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_volunteer")),
    )
    op.create_index("ix_volunteer_account", "volunteer", ["account_id"], unique=False)
    op.create_index("ix_volunteer_no", "volunteer", ["volunteer_no"], unique=False)
    op.create_table(
        "administrator",
        sa.Column("id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("organization_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("account_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("appointed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_administrator_organization_id_organization")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_administrator")),
        sa.UniqueConstraint(
            "organization_id", "account_id", "role", name=op.f("uq_administrator_organization_id_account_id_role")
        ),
    )
    op.create_index(
        "ix_administrator_account", "administrator", ["account_id"], unique=False, postgresql_where=sa.text("active")
    )
    op.create_table(
        "adoption_receipt",
        sa.Column("id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("organization_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("contacts", postgresql.JSONB(), nullable=False),
        sa.Column("needs", postgresql.JSONB(), nullable=False),
        sa.Column("declared_organizations", sa.Integer(), nullable=False),
        sa.Column("declared_volunteers", sa.Integer(), nullable=False),
        sa.Column("declared_league_members", sa.Integer(), nullable=False),
        sa.Column("submitted_by", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_adoption_receipt_organization_id_organization")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_adoption_receipt")),
    )
    op.create_index(
        "ix_adoption_receipt_organization", "adoption_receipt", ["organization_id", "submitted_at", "id"], unique=False
    )
    op.create_table(
        "membership",
        sa.Column("id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("volunteer_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("organization_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("rejection_reason", sa.String(), nullable=True),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("left_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_membership_organization_id_organization")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_membership")),
    )
    op.create_index(
        "ix_membership_organization", "membership", ["organization_id", "status", "submitted_at", "id"], unique=False
    )
    op.create_index("ix_membership_review", "membership", ["status", "submitted_at", "id"], unique=False)
    op.create_index(
        "uq_membership_approved",
        "membership",
        ["volunteer_id"],
        unique=True,
        postgresql_where=sa.text("status = 'approved'"),
    )
    op.create_index(
        "uq_membership_pending",
        "membership",
        ["volunteer_id"],
        unique=True,
        postgresql_where=sa.text("status = 'pending'"),
    )
    op.create_table(
        "site",
        sa.Column("organization_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("domain", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("logo_url", sa.String(), nullable=True),
        sa.Column("primary_color", sa.String(), nullable=True),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_site_organization_id_organization")
        ),
        sa.PrimaryKeyConstraint("organization_id", name=op.f("pk_site")),
        sa.UniqueConstraint("domain", name=op.f("uq_site_domain")),
    )


def downgrade() -> None:
    raise RuntimeError("the first revision has nothing to go back to")
