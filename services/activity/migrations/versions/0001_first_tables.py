"""Activities, shifts, enrollments, invitations, and the copies of organizations and volunteers."""

from alembic import op

from services.activity.models import Base
from services.chassis.migrations import create_chassis_tables
from services.chassis.organizations import LTREE_DDL
from services.chassis.tables import CHASSIS

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(LTREE_DDL)
    op.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
    create_chassis_tables(op)
    own = [table for table in Base.metadata.sorted_tables if table.name not in CHASSIS.tables]
    Base.metadata.create_all(op.get_bind(), tables=own, checkfirst=False)


def downgrade() -> None:
    raise RuntimeError("the first revision has nothing to go back to")
