"""Scans that phones without network kept and handed in later."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_ID = sa.Uuid(as_uuid=False)
_MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "offline_scan",
        sa.Column("id", _ID, nullable=False),
        sa.Column("volunteer_id", _ID, nullable=False),
        sa.Column("nonce", sa.String(), nullable=False),
        sa.Column("activity_id", _ID, nullable=False),
        sa.Column("shift_id", _ID, nullable=False),
        sa.Column("direction", sa.String(), nullable=False),
        sa.Column("printed", sa.Boolean(), nullable=False),
        sa.Column("at", _MOMENT, nullable=False),
        sa.Column("scanned_at", _MOMENT, nullable=False),
        sa.Column("latitude", sa.Double(), nullable=True),
        sa.Column("longitude", sa.Double(), nullable=True),
        sa.Column("uploaded_at", _MOMENT, nullable=False),
        sa.Column("record_id", _ID, nullable=True),
        sa.Column("conflict", sa.String(), nullable=True),
        sa.Column("facts", JSONB(), nullable=False),
        sa.Column("surfaces_at", _MOMENT, nullable=True),
        sa.Column("resolution", sa.String(), nullable=True),
        sa.Column("resolved_by", _ID, nullable=True),
        sa.Column("resolved_at", _MOMENT, nullable=True),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["record_id"], ["service_record.id"], name=op.f("fk_offline_scan_record_id_service_record")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_offline_scan")),
        sa.UniqueConstraint("volunteer_id", "nonce", name=op.f("uq_offline_scan_volunteer_id_nonce")),
    )
    op.create_index(op.f("ix_offline_scan_record_id"), "offline_scan", ["record_id"], unique=False)
    op.create_index("ix_offline_scan_volunteer_shift", "offline_scan", ["volunteer_id", "shift_id"], unique=False)
    op.create_index("ix_offline_scan_activity", "offline_scan", ["activity_id", "uploaded_at", "id"], unique=False)


def downgrade() -> None:
    op.drop_table("offline_scan")
