"""Certificates of service, and the place of an activity, which they show."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_ID = sa.Uuid(as_uuid=False)
_MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.add_column("activity_copy", sa.Column("address", sa.String(), nullable=True))
    op.execute(sa.schema.CreateSequence(sa.Sequence("service_certificate_number")))
    op.create_table(
        "certificate_batch",
        sa.Column("id", _ID, nullable=False),
        sa.Column("organization_id", _ID, nullable=False),
        sa.Column("activity_id", _ID, nullable=True),
        sa.Column("from_day", sa.Date(), nullable=True),
        sa.Column("to_day", sa.Date(), nullable=True),
        sa.Column("requested_by", _ID, nullable=False),
        sa.Column("requested_at", _MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_certificate_batch")),
    )
    op.create_index(
        "ix_certificate_batch_organization", "certificate_batch", ["organization_id", "requested_at", "id"]
    )
    op.create_table(
        "service_certificate",
        sa.Column("id", _ID, nullable=False),
        sa.Column("serial", sa.String(), nullable=False),
        sa.Column("volunteer_id", _ID, nullable=False),
        sa.Column("organization_id", _ID, nullable=True),
        sa.Column("batch_id", _ID, nullable=True),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("volunteer_no", sa.String(), nullable=False),
        sa.Column("from_day", sa.Date(), nullable=True),
        sa.Column("to_day", sa.Date(), nullable=True),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("services", sa.Integer(), nullable=False),
        sa.Column("code_sealed", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("issued_at", _MOMENT, nullable=False),
        sa.Column("changed_at", _MOMENT, nullable=True),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["batch_id"], ["certificate_batch.id"], name=op.f("fk_service_certificate_batch_id_certificate_batch")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_service_certificate")),
        sa.UniqueConstraint("serial", name=op.f("uq_service_certificate_serial")),
    )
    op.create_index("ix_service_certificate_volunteer", "service_certificate", ["volunteer_id", "issued_at", "id"])
    op.create_index(
        "ix_service_certificate_batch",
        "service_certificate",
        ["batch_id", "serial"],
        postgresql_where=sa.text("batch_id IS NOT NULL"),
    )
    op.create_table(
        "certified_service",
        sa.Column("certificate_id", _ID, nullable=False),
        sa.Column("position", sa.SmallInteger(), nullable=False),
        sa.Column("record_id", _ID, nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("address", sa.String(), nullable=True),
        sa.Column("organization_name", sa.String(), nullable=False),
        sa.Column("served_on", sa.Date(), nullable=False),
        sa.Column("starts_at", _MOMENT, nullable=False),
        sa.Column("ends_at", _MOMENT, nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["certificate_id"],
            ["service_certificate.id"],
            name=op.f("fk_certified_service_certificate_id_service_certificate"),
        ),
        sa.ForeignKeyConstraint(
            ["record_id"], ["service_record.id"], name=op.f("fk_certified_service_record_id_service_record")
        ),
        sa.PrimaryKeyConstraint("certificate_id", "position", name=op.f("pk_certified_service")),
    )
    op.create_index(op.f("ix_certified_service_record_id"), "certified_service", ["record_id"])
    op.create_table(
        "certificate_batch_member",
        sa.Column("batch_id", _ID, nullable=False),
        sa.Column("volunteer_id", _ID, nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("next_attempt_at", _MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["batch_id"], ["certificate_batch.id"], name=op.f("fk_certificate_batch_member_batch_id_certificate_batch")
        ),
        sa.PrimaryKeyConstraint("batch_id", "volunteer_id", name=op.f("pk_certificate_batch_member")),
    )
    op.create_index(
        "ix_certificate_batch_member_waiting",
        "certificate_batch_member",
        ["next_attempt_at"],
        postgresql_where=sa.text("status = 'waiting'"),
    )
    op.create_index("ix_certificate_batch_member_volunteer", "certificate_batch_member", ["volunteer_id"])


def downgrade() -> None:
    op.drop_table("certificate_batch_member")
    op.drop_table("certified_service")
    op.drop_table("service_certificate")
    op.drop_table("certificate_batch")
    op.execute(sa.schema.DropSequence(sa.Sequence("service_certificate_number")))
    op.drop_column("activity_copy", "address")
