"""What looks wrong; and the telephone with which a scan was taken, as a digest."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

_ID = sa.Uuid(as_uuid=False)
_MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    for scan in ("scan", "offline_scan"):
        op.add_column(scan, sa.Column("device", sa.LargeBinary(), nullable=True))
    op.create_table(
        "anomaly_cursor",
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("at", _MOMENT, nullable=False),
        sa.Column("row_id", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("source", name=op.f("pk_anomaly_cursor")),
    )
    op.create_table(
        "anomaly",
        sa.Column("id", _ID, nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("fingerprint", sa.String(), nullable=False),
        sa.Column("organization_id", _ID, nullable=False),
        sa.Column("activity_id", _ID, nullable=True),
        sa.Column("volunteer_id", _ID, nullable=True),
        sa.Column("account_id", _ID, nullable=True),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("facts", JSONB(), nullable=False),
        sa.Column("found_at", _MOMENT, nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("note", sa.String(), nullable=True),
        sa.Column("resolved_by", _ID, nullable=True),
        sa.Column("resolved_at", _MOMENT, nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_anomaly")),
        sa.UniqueConstraint(
            "kind", "fingerprint", "organization_id", name=op.f("uq_anomaly_kind_fingerprint_organization_id")
        ),
    )
    op.create_index("ix_anomaly_organization", "anomaly", ["organization_id", "status", "found_at", "id"])
    op.create_index(op.f("ix_anomaly_volunteer_id"), "anomaly", ["volunteer_id"])
    op.create_index(op.f("ix_anomaly_account_id"), "anomaly", ["account_id"])


def downgrade() -> None:
    op.drop_table("anomaly")
    op.drop_table("anomaly_cursor")
    for scan in ("offline_scan", "scan"):
        op.drop_column(scan, "device")
