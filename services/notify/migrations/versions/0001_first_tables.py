"""Contact points, messages, preferences and the simulator's inbox."""

from alembic import op

from services.chassis.migrations import create_chassis_tables
from services.chassis.tables import CHASSIS
from services.notify.models import Base

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    create_chassis_tables(op)
    own = [table for table in Base.metadata.sorted_tables if table.name not in CHASSIS.tables]
    Base.metadata.create_all(op.get_bind(), tables=own, checkfirst=False)


def downgrade() -> None:
    raise RuntimeError("the first revision has nothing to go back to")
