"""Branch contacts, applications with their consents and steps, group visits, bank reports, and the copies card keeps."""

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
    op.execute(sa.schema.CreateSequence(sa.Sequence("card_application_serial")))
    op.create_table(
        "bank_report_receipt",
        sa.Column("bank", sa.String(), nullable=False),
        sa.Column("webhook_id", sa.String(), nullable=False),
        sa.Column("content_hash", sa.LargeBinary(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("bank", "webhook_id", name="pk_bank_report_receipt"),
    )
    op.create_index("ix_bank_report_receipt_received_at", "bank_report_receipt", ["received_at"], unique=False)
    op.create_table(
        "branch_contact",
        sa.Column("id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("city", sa.String(), nullable=False),
        sa.Column("bank", sa.String(), nullable=False),
        sa.Column("card_type", sa.String(), nullable=False),
        sa.Column("branch", sa.String(), nullable=False),
        sa.Column("contact_name", sa.String(), nullable=False),
        sa.Column("contact_phone", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("valid_from", sa.DateTime(timezone=True), nullable=False),
        sa.Column("valid_until", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_branch_contact"),
    )
    op.create_index(
        "uq_branch_contact_in_force",
        "branch_contact",
        ["city", "bank", "card_type"],
        unique=True,
        postgresql_where=sa.text("valid_until IS NULL"),
    )
    op.create_table(
        "organization_copy",
        sa.Column("id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("path", LTree(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_organization_copy"),
    )
    op.create_index("ix_organization_copy_path", "organization_copy", ["path"], unique=False, postgresql_using="gist")
    op.create_table(
        "unknown_report",
        sa.Column("id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("bank", sa.String(), nullable=False),
        sa.Column("application_no", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("why", sa.String(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_unknown_report"),
    )
    op.create_index("ix_unknown_report_received_at", "unknown_report", ["received_at", "id"], unique=False)
    op.create_table(
        "volunteer_copy",
        sa.Column("id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("birth_date", sa.Date(), nullable=True),
        sa.Column("clothing_size", sa.String(), nullable=True),
        sa.Column("organization_id", sa.Uuid(as_uuid=False), nullable=True),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_volunteer_copy"),
    )
    op.create_table(
        "card_application",
        sa.Column("id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("application_no", sa.String(), nullable=False),
        sa.Column("volunteer_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("bank", sa.String(), nullable=False),
        sa.Column("card_type", sa.String(), nullable=False),
        sa.Column("region", sa.String(), nullable=False),
        sa.Column("branch_contact_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("address_sealed", sa.String(), nullable=True),
        sa.Column("clothing_size", sa.String(), nullable=True),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("next_attempt_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["branch_contact_id"], ["branch_contact.id"], name="fk_card_application_branch_contact_id_branch_contact"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_card_application"),
        sa.UniqueConstraint("application_no", name="uq_card_application_application_no"),
    )
    op.create_index(
        "ix_card_application_to_seal",
        "card_application",
        ["next_attempt_at"],
        unique=False,
        postgresql_where=sa.text("status = 'submitted'"),
    )
    op.create_index(
        "ix_card_application_volunteer", "card_application", ["volunteer_id", "submitted_at", "id"], unique=False
    )
    op.create_index(
        "uq_card_application_open",
        "card_application",
        ["volunteer_id"],
        unique=True,
        postgresql_where=sa.text("status IN ('submitted', 'routed', 'contacted', 'approved', 'produced', 'delivered')"),
    )
    op.create_table(
        "group_application",
        sa.Column("id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("organization_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("bank", sa.String(), nullable=False),
        sa.Column("card_type", sa.String(), nullable=False),
        sa.Column("branch_contact_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("preferred_dates", postgresql.ARRAY(sa.Date()), nullable=False),
        sa.Column("visit_sealed", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("member_count", sa.Integer(), nullable=False),
        sa.Column("requested_by", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("requested_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["branch_contact_id"], ["branch_contact.id"], name="fk_group_application_branch_contact_id_branch_contact"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_group_application"),
    )
    op.create_index("ix_group_application_organization_id", "group_application", ["organization_id"], unique=False)
    op.create_table(
        "consent",
        sa.Column("application_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("volunteer_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("recipient", sa.String(), nullable=False),
        sa.Column("text_version", sa.String(), nullable=False),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("provided_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["application_id"], ["card_application.id"], name="fk_consent_application_id_card_application"
        ),
        sa.PrimaryKeyConstraint("application_id", name="pk_consent"),
    )
    op.create_index("ix_consent_volunteer_id", "consent", ["volunteer_id"], unique=False)
    op.create_table(
        "group_member",
        sa.Column("group_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("volunteer_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.ForeignKeyConstraint(
            ["group_id"], ["group_application.id"], name="fk_group_member_group_id_group_application"
        ),
        sa.PrimaryKeyConstraint("group_id", "volunteer_id", name="pk_group_member"),
    )
    op.create_table(
        "status_entry",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("application_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["application_id"], ["card_application.id"], name="fk_status_entry_application_id_card_application"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_status_entry"),
    )
    op.create_index("ix_status_entry_application_id", "status_entry", ["application_id"], unique=False)


def downgrade() -> None:
    raise RuntimeError("the first revision has nothing to go back to")
