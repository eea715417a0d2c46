"""What search looks at. Those who are public already are listed by the service, some hundreds at a time."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

_ID = sa.Uuid(as_uuid=False)
_TIME = sa.DateTime(timezone=True)
_LONG = sa.text("ends_at - starts_at > interval '7 days'")


def upgrade() -> None:
    op.create_table(
        "listing",
        sa.Column("activity_id", _ID, nullable=False),
        sa.Column("organization_id", _ID, nullable=False),
        sa.Column("starts_at", _TIME, nullable=False),
        sa.Column("ends_at", _TIME, nullable=False),
        sa.Column("published_at", _TIME, nullable=False),
        sa.Column("enroll_by", _TIME, nullable=True),
        sa.Column("latitude", sa.Double(), nullable=True),
        sa.Column("longitude", sa.Double(), nullable=True),
        sa.Column("min_age", sa.Integer(), nullable=True),
        sa.Column("max_age", sa.Integer(), nullable=True),
        sa.Column("skills", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("members_only", sa.Boolean(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("facets", postgresql.ARRAY(sa.BigInteger()), nullable=False),
        sa.Column("words", postgresql.ARRAY(sa.Integer()), nullable=False),
        sa.ForeignKeyConstraint(
            ["activity_id"], ["activity.id"], name=op.f("fk_listing_activity_id_activity"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("activity_id", name=op.f("pk_listing")),
    )
    op.create_index("ix_listing_starts_at", "listing", ["starts_at", "activity_id", "ends_at"])
    op.create_index("ix_listing_long", "listing", ["starts_at", "activity_id", "ends_at"], postgresql_where=_LONG)
    op.create_index("ix_listing_longest", "listing", [sa.text("(ends_at - starts_at)")], postgresql_where=_LONG)
    op.create_index("ix_listing_published_at", "listing", ["published_at", "activity_id", "starts_at", "ends_at"])
    op.create_index(
        "ix_listing_facets_words",
        "listing",
        ["facets", "words"],
        postgresql_using="gin",
        postgresql_with={"fastupdate": "off"},
    )
    op.create_table(
        "relisting",
        sa.Column("activity_id", _ID, nullable=False),
        sa.ForeignKeyConstraint(
            ["activity_id"], ["activity.id"], name=op.f("fk_relisting_activity_id_activity"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("activity_id", name=op.f("pk_relisting")),
    )
    op.execute("INSERT INTO relisting SELECT id FROM activity WHERE status = 'published'")


def downgrade() -> None:
    op.drop_table("relisting")
    op.drop_table("listing")
