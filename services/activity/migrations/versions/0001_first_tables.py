"""Activities, shifts, enrollments, invitations, and the copies of organizations and volunteers."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from services.chassis.migrations import create_chassis_tables
from services.chassis.organizations import LTREE_DDL, organization_copy_table
from services.chassis.tables import new_metadata

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_ID = sa.Uuid(as_uuid=False)
_PUBLISHED = sa.text("status = 'published'")


def upgrade() -> None:
    op.execute(LTREE_DDL)
    op.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
    create_chassis_tables(op)
    organization_copy_table(new_metadata()).create(op.get_bind())
    op.create_table(
        "activity",
        sa.Column("id", _ID, nullable=False),
        sa.Column("organization_id", _ID, nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("category", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("latitude", sa.Double(), nullable=True),
        sa.Column("longitude", sa.Double(), nullable=True),
        sa.Column("fence_metres", sa.Integer(), nullable=True),
        sa.Column("enroll_by", sa.DateTime(timezone=True), nullable=True),
        sa.Column("contact", sa.Text(), nullable=False),
        sa.Column("insurance_note", sa.Text(), nullable=False),
        sa.Column("min_age", sa.Integer(), nullable=True),
        sa.Column("max_age", sa.Integer(), nullable=True),
        sa.Column("skills", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("members_only", sa.Boolean(), nullable=False),
        sa.Column("approval", sa.Text(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revocation_reason", sa.Text(), nullable=True),
        sa.Column(
            "search_text",
            sa.Text(),
            sa.Computed("title || ' ' || description || ' ' || address", persisted=True),
            nullable=False,
        ),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_activity")),
    )
    op.create_index("ix_activity_ends_at", "activity", ["ends_at"], unique=False, postgresql_where=_PUBLISHED)
    op.create_index(
        "ix_activity_latitude", "activity", ["latitude", "longitude"], unique=False, postgresql_where=_PUBLISHED
    )
    op.create_index("ix_activity_organization_id", "activity", ["organization_id", "status"], unique=False)
    op.create_index(
        "ix_activity_published_at", "activity", ["published_at", "id"], unique=False, postgresql_where=_PUBLISHED
    )
    op.create_index(
        "ix_activity_region",
        "activity",
        ["region", "starts_at"],
        unique=False,
        postgresql_ops={"region": "text_pattern_ops"},
        postgresql_where=_PUBLISHED,
    )
    op.create_index(
        "ix_activity_search_text",
        "activity",
        ["search_text"],
        unique=False,
        postgresql_using="gin",
        postgresql_ops={"search_text": "gin_trgm_ops"},
    )
    op.create_index("ix_activity_starts_at", "activity", ["starts_at", "id"], unique=False, postgresql_where=_PUBLISHED)
    op.create_table(
        "volunteer_copy",
        sa.Column("id", _ID, nullable=False),
        sa.Column("volunteer_no", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("birth_date", sa.Date(), nullable=True),
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("organization_id", _ID, nullable=True),
        sa.Column("skills", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_volunteer_copy")),
    )
    op.create_index("ix_volunteer_copy_organization_id", "volunteer_copy", ["organization_id", "status"], unique=False)
    op.create_table(
        "invitation",
        sa.Column("id", _ID, nullable=False),
        sa.Column("activity_id", _ID, nullable=False),
        sa.Column("volunteer_id", _ID, nullable=False),
        sa.Column("invited_by", _ID, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["activity_id"], ["activity.id"], name=op.f("fk_invitation_activity_id_activity")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invitation")),
        sa.UniqueConstraint("activity_id", "volunteer_id", name=op.f("uq_invitation_activity_id_volunteer_id")),
    )
    op.create_table(
        "shift",
        sa.Column("id", _ID, nullable=False),
        sa.Column("activity_id", _ID, nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("capacity", sa.Integer(), nullable=False),
        sa.Column("role", sa.Text(), nullable=True),
        sa.CheckConstraint("capacity >= 1", name=op.f("ck_shift_capacity")),
        sa.ForeignKeyConstraint(["activity_id"], ["activity.id"], name=op.f("fk_shift_activity_id_activity")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shift")),
    )
    op.create_index("ix_shift_activity_id", "shift", ["activity_id", "place"], unique=False)
    op.create_index("ix_shift_starts_at", "shift", ["starts_at"], unique=False)
    op.create_table(
        "enrollment",
        sa.Column("id", _ID, nullable=False),
        sa.Column("activity_id", _ID, nullable=False),
        sa.Column("shift_id", _ID, nullable=False),
        sa.Column("volunteer_id", _ID, nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("waiting_no", sa.Integer(), nullable=True),
        sa.Column("offer_expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["activity_id"], ["activity.id"], name=op.f("fk_enrollment_activity_id_activity")),
        sa.ForeignKeyConstraint(["shift_id"], ["shift.id"], name=op.f("fk_enrollment_shift_id_shift")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_enrollment")),
    )
    op.create_index("ix_enrollment_activity_id", "enrollment", ["activity_id", "created_at", "id"], unique=False)
    op.create_index(
        "ix_enrollment_offered",
        "enrollment",
        ["offer_expires_at"],
        unique=False,
        postgresql_where=sa.text("status = 'offered'"),
    )
    op.create_index("ix_enrollment_shift_id", "enrollment", ["shift_id", "status", "waiting_no"], unique=False)
    op.create_index("ix_enrollment_volunteer_id", "enrollment", ["volunteer_id", "status"], unique=False)
    op.create_index(
        "uq_enrollment_once_a_shift",
        "enrollment",
        ["shift_id", "volunteer_id"],
        unique=True,
        postgresql_where=sa.text("status NOT IN ('lapsed', 'withdrawn')"),
    )


def downgrade() -> None:
    raise RuntimeError("the first revision has nothing to go back to")
