"""Products with periods, consent texts by version, guardians, and how long an application may lie.

The former version goes on writing applications meanwhile: what it does not know has defaults, and ``look_at`` in the
past only makes the timer look once too often.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_MOMENT = sa.DateTime(timezone=True)
_OPEN = "('submitted', 'routed', 'contacted', 'approved', 'produced', 'delivered')"
_LAST_STEP = "SELECT application_id, max(recorded_at) AS at FROM status_entry GROUP BY application_id"


def upgrade() -> None:
    op.create_table(
        "product_period",
        sa.Column("id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("city", sa.String(), nullable=False),
        sa.Column("bank", sa.String(), nullable=False),
        sa.Column("card_type", sa.String(), nullable=False),
        sa.Column("offered_from", sa.Date(), nullable=False),
        sa.Column("offered_until", sa.Date(), nullable=True),
        sa.CheckConstraint("offered_until >= offered_from", name=op.f("ck_product_period_in_order")),
        sa.PrimaryKeyConstraint("id", name="pk_product_period"),
        sa.UniqueConstraint("city", "bank", "card_type", "offered_from", name="uq_product_period_beginning"),
    )
    op.create_table(
        "consent_text",
        sa.Column("recipient", sa.String(), nullable=False),
        sa.Column("version", sa.String(), nullable=False),
        sa.Column("in_force_from", sa.Date(), nullable=False),
        sa.Column("recipient_name", sa.String(), nullable=False),
        sa.Column("purpose", sa.String(), nullable=False),
        sa.Column("method", sa.String(), nullable=False),
        sa.Column("data", postgresql.ARRAY(sa.String()), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("recipient", "version", name="pk_consent_text"),
    )
    op.add_column("consent", sa.Column("given_by", sa.String(), nullable=False, server_default="oneself"))
    op.add_column("card_application", sa.Column("former_application_no", sa.String(), nullable=True))
    op.add_column("card_application", sa.Column("guardian_sealed", sa.String(), nullable=True))
    op.add_column("card_application", sa.Column("moved_at", _MOMENT, nullable=False, server_default=sa.func.now()))
    op.add_column("card_application", sa.Column("look_at", _MOMENT, nullable=True))
    op.add_column("card_application", sa.Column("escalation_level", sa.Integer(), nullable=False, server_default="0"))
    op.execute(
        f"UPDATE card_application SET moved_at = step.at FROM ({_LAST_STEP}) AS step "
        "WHERE step.application_id = card_application.id"
    )
    op.execute(f"UPDATE card_application SET look_at = now() WHERE status IN {_OPEN}")
    op.alter_column("card_application", "look_at", server_default=sa.func.now())
    op.create_index(
        "ix_card_application_look_at", "card_application", ["look_at"], postgresql_where=sa.text("look_at IS NOT NULL")
    )
    op.create_index(
        "ix_card_application_overdue",
        "card_application",
        ["moved_at", "id"],
        postgresql_where=sa.text("escalation_level > 0"),
    )
    with op.get_context().autocommit_block():
        op.create_index(
            "ix_card_application_submitted_at",
            "card_application",
            ["submitted_at", "id"],
            postgresql_concurrently=True,
        )


def downgrade() -> None:
    with op.get_context().autocommit_block():
        op.drop_index("ix_card_application_submitted_at", "card_application", postgresql_concurrently=True)
    op.drop_index("ix_card_application_overdue", table_name="card_application")
    op.drop_index("ix_card_application_look_at", table_name="card_application")
    for column in ("escalation_level", "look_at", "moved_at", "guardian_sealed", "former_application_no"):
        op.drop_column("card_application", column)
    op.drop_column("consent", "given_by")
    op.drop_table("consent_text")
    op.drop_table("product_period")
