"""Insurance and clothing that come with a card."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

# The cards that were activated before have brought their insurance, too: from the day on that the bank had named.
_FORMER = """
INSERT INTO benefit (volunteer_id, kind, application_id, earned_at)
SELECT DISTINCT ON (application.volunteer_id)
       application.volunteer_id, 'insurance', application.id, step.at
FROM card_application AS application
JOIN status_entry AS step ON step.application_id = application.id AND step.status = 'activated'
WHERE application.status = 'activated'
ORDER BY application.volunteer_id, step.at
"""


def upgrade() -> None:
    op.create_table(
        "benefit",
        sa.Column("volunteer_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("application_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("earned_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("clothing_size", sa.String(), nullable=True),
        sa.Column("ordered_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["application_id"], ["card_application.id"], name="fk_benefit_application_id_card_application"
        ),
        sa.PrimaryKeyConstraint("volunteer_id", "kind", name="pk_benefit"),
    )
    op.execute(_FORMER)


def downgrade() -> None:
    op.drop_table("benefit")
