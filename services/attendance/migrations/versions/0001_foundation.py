"""Copies, service records and scans, the ledger, supplements, disclosures and objections."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ExcludeConstraint

from services.chassis.migrations import create_chassis_tables
from services.chassis.organizations import LTREE_DDL, organization_copy_table
from services.chassis.tables import new_metadata

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_ID = sa.Uuid(as_uuid=False)
_MOMENT = sa.DateTime(timezone=True)

# The exclusion constraint on ids and times needs it; a trusted extension, so the database's owner may create it.
_BTREE_GIST_DDL = "CREATE EXTENSION IF NOT EXISTS btree_gist"

# Corrections are reversing entries, never changes.
_LEDGER_TRIGGER_DDL = """
CREATE FUNCTION ledger_entry_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION USING
        MESSAGE = 'ledger_entry is append-only, ' || TG_OP || ' is refused', ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER ledger_entry_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_entry
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_entry_refuse();
ALTER TABLE ledger_entry ENABLE ALWAYS TRIGGER ledger_entry_append_only;
"""


def upgrade() -> None:
    op.execute(LTREE_DDL)
    op.execute(_BTREE_GIST_DDL)
    create_chassis_tables(op)
    organization_copy_table(new_metadata()).create(op.get_bind())
    op.create_table(
        "activity_copy",
        sa.Column("id", _ID, nullable=False),
        sa.Column("organization_id", _ID, nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("latitude", sa.Double(), nullable=True),
        sa.Column("longitude", sa.Double(), nullable=True),
        sa.Column("fence_metres", sa.Integer(), nullable=True),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_activity_copy")),
    )
    op.create_table(
        "disclosure",
        sa.Column("activity_id", _ID, nullable=False),
        sa.Column("organization_id", _ID, nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("opens_at", _MOMENT, nullable=False),
        sa.Column("closes_at", _MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("activity_id", name=op.f("pk_disclosure")),
    )
    op.create_index(
        "ix_disclosure_closing", "disclosure", ["closes_at"], unique=False, postgresql_where=sa.text("status = 'open'")
    )
    op.create_index("ix_disclosure_opens_at", "disclosure", ["opens_at", "activity_id"], unique=False)
    op.create_index(op.f("ix_disclosure_organization_id"), "disclosure", ["organization_id"], unique=False)
    op.create_table(
        "enrollment_copy",
        sa.Column("id", _ID, nullable=False),
        sa.Column("activity_id", _ID, nullable=False),
        sa.Column("shift_id", _ID, nullable=False),
        sa.Column("volunteer_id", _ID, nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_enrollment_copy")),
    )
    op.create_index("ix_enrollment_copy_volunteer_shift", "enrollment_copy", ["volunteer_id", "shift_id"], unique=False)
    op.create_table(
        "hours_total",
        sa.Column("volunteer_id", _ID, nullable=False),
        sa.Column("provenance", sa.String(), nullable=False),
        sa.Column("minutes", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("volunteer_id", "provenance", name=op.f("pk_hours_total")),
    )
    op.create_table(
        "service_record",
        sa.Column("id", _ID, nullable=False),
        sa.Column("volunteer_id", _ID, nullable=False),
        sa.Column("activity_id", _ID, nullable=False),
        sa.Column("shift_id", _ID, nullable=False),
        sa.Column("organization_id", _ID, nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("provenance", sa.String(), nullable=False),
        sa.Column("served_on", sa.Date(), nullable=False),
        sa.Column("signed_in_at", _MOMENT, nullable=True),
        sa.Column("signed_out_at", _MOMENT, nullable=True),
        sa.Column("starts_at", _MOMENT, nullable=True),
        sa.Column("ends_at", _MOMENT, nullable=True),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("disclosed_until", _MOMENT, nullable=True),
        sa.Column("created_at", _MOMENT, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        ExcludeConstraint(
            (sa.column("volunteer_id"), "="),
            (sa.text("tstzrange(starts_at, ends_at)"), "&&"),
            where=sa.text("starts_at IS NOT NULL AND ends_at IS NOT NULL"),
            using="gist",
            name="ex_service_record_no_overlap",
        ),
        sa.CheckConstraint("minutes >= 0", name=op.f("ck_service_record_minutes")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_service_record")),
    )
    op.create_index("ix_service_record_activity", "service_record", ["activity_id", "served_on", "id"], unique=False)
    op.create_index(
        "ix_service_record_disclosed",
        "service_record",
        ["disclosed_until"],
        unique=False,
        postgresql_where=sa.text("status = 'disclosed'"),
    )
    op.create_index(
        "ix_service_record_recorded",
        "service_record",
        ["activity_id"],
        unique=False,
        postgresql_where=sa.text("status = 'recorded'"),
    )
    op.create_index("ix_service_record_volunteer", "service_record", ["volunteer_id", "served_on", "id"], unique=False)
    op.create_index(
        "uq_service_record_open",
        "service_record",
        ["volunteer_id", "shift_id"],
        unique=True,
        postgresql_where=sa.text("status = 'open'"),
    )
    op.create_table(
        "shift_copy",
        sa.Column("id", _ID, nullable=False),
        sa.Column("activity_id", _ID, nullable=False),
        sa.Column("starts_at", _MOMENT, nullable=False),
        sa.Column("ends_at", _MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shift_copy")),
    )
    op.create_index(op.f("ix_shift_copy_activity_id"), "shift_copy", ["activity_id"], unique=False)
    op.create_table(
        "star_award",
        sa.Column("volunteer_id", _ID, nullable=False),
        sa.Column("stars", sa.SmallInteger(), nullable=False),
        sa.Column("awarded_at", _MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("volunteer_id", "stars", name=op.f("pk_star_award")),
    )
    op.create_table(
        "volunteer_copy",
        sa.Column("id", _ID, nullable=False),
        sa.Column("account_id", _ID, nullable=False),
        sa.Column("volunteer_no", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("organization_id", _ID, nullable=True),
        sa.Column("verified_in_person", sa.Boolean(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_volunteer_copy")),
    )
    op.create_table(
        "ledger_entry",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("volunteer_id", _ID, nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("record_id", _ID, nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("provenance", sa.String(), nullable=False),
        sa.Column("reverses", sa.BigInteger(), nullable=True),
        sa.Column("starts_at", _MOMENT, nullable=False),
        sa.Column("ends_at", _MOMENT, nullable=False),
        sa.Column("entered_by", sa.String(), nullable=False),
        sa.Column("entered_at", _MOMENT, nullable=False),
        sa.Column("previous_hash", sa.LargeBinary(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["record_id"], ["service_record.id"], name=op.f("fk_ledger_entry_record_id_service_record")
        ),
        sa.ForeignKeyConstraint(["reverses"], ["ledger_entry.id"], name=op.f("fk_ledger_entry_reverses_ledger_entry")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_entry")),
        sa.UniqueConstraint("reverses", name=op.f("uq_ledger_entry_reverses")),
        sa.UniqueConstraint("volunteer_id", "sequence", name=op.f("uq_ledger_entry_volunteer_id_sequence")),
    )
    op.create_index(op.f("ix_ledger_entry_record_id"), "ledger_entry", ["record_id"], unique=False)
    op.create_table(
        "objection",
        sa.Column("id", _ID, nullable=False),
        sa.Column("activity_id", _ID, nullable=False),
        sa.Column("record_id", _ID, nullable=True),
        sa.Column("account_id", _ID, nullable=True),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("contact_sealed", sa.String(), nullable=True),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("submitted_at", _MOMENT, nullable=False),
        sa.Column("resolved_by", _ID, nullable=True),
        sa.Column("resolved_at", _MOMENT, nullable=True),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["record_id"], ["service_record.id"], name=op.f("fk_objection_record_id_service_record")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_objection")),
    )
    op.create_index(op.f("ix_objection_account_id"), "objection", ["account_id"], unique=False)
    op.create_index("ix_objection_activity", "objection", ["activity_id", "submitted_at", "id"], unique=False)
    op.create_index(op.f("ix_objection_record_id"), "objection", ["record_id"], unique=False)
    op.create_table(
        "scan",
        sa.Column("volunteer_id", _ID, nullable=False),
        sa.Column("nonce", sa.String(), nullable=False),
        sa.Column("record_id", _ID, nullable=False),
        sa.Column("shift_id", _ID, nullable=False),
        sa.Column("direction", sa.String(), nullable=False),
        sa.Column("at", _MOMENT, nullable=False),
        sa.Column("scanned_at", _MOMENT, nullable=True),
        sa.Column("latitude", sa.Double(), nullable=True),
        sa.Column("longitude", sa.Double(), nullable=True),
        sa.ForeignKeyConstraint(["record_id"], ["service_record.id"], name=op.f("fk_scan_record_id_service_record")),
        sa.PrimaryKeyConstraint("volunteer_id", "nonce", name=op.f("pk_scan")),
    )
    op.create_index(op.f("ix_scan_record_id"), "scan", ["record_id"], unique=False)
    op.create_table(
        "supplement",
        sa.Column("id", _ID, nullable=False),
        sa.Column("volunteer_id", _ID, nullable=False),
        sa.Column("activity_id", _ID, nullable=False),
        sa.Column("shift_id", _ID, nullable=False),
        sa.Column("organization_id", _ID, nullable=False),
        sa.Column("starts_at", _MOMENT, nullable=False),
        sa.Column("ends_at", _MOMENT, nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("submitted_by", _ID, nullable=False),
        sa.Column("submitted_at", _MOMENT, nullable=False),
        sa.Column("decided_by", _ID, nullable=True),
        sa.Column("decided_at", _MOMENT, nullable=True),
        sa.Column("decision_reason", sa.String(), nullable=True),
        sa.Column("record_id", _ID, nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["record_id"], ["service_record.id"], name=op.f("fk_supplement_record_id_service_record")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_supplement")),
    )
    op.create_index(op.f("ix_supplement_organization_id"), "supplement", ["organization_id"], unique=False)
    op.create_index("ix_supplement_status", "supplement", ["status", "submitted_at", "id"], unique=False)
    op.create_index(op.f("ix_supplement_volunteer_id"), "supplement", ["volunteer_id"], unique=False)
    op.create_table(
        "evidence",
        sa.Column("supplement_id", _ID, nullable=False),
        sa.Column("position", sa.SmallInteger(), nullable=False),
        sa.Column("upload_id", _ID, nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("content_type", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["supplement_id"], ["supplement.id"], name=op.f("fk_evidence_supplement_id_supplement")
        ),
        sa.PrimaryKeyConstraint("supplement_id", "position", name=op.f("pk_evidence")),
    )
    op.create_index(op.f("ix_evidence_sha256"), "evidence", ["sha256"], unique=False)
    op.create_index(op.f("ix_evidence_upload_id"), "evidence", ["upload_id"], unique=False)
    op.execute(_LEDGER_TRIGGER_DDL)


def downgrade() -> None:
    raise RuntimeError("hours are not thrown away")
