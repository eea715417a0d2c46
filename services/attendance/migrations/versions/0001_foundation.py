"""Copies, service records and scans, the ledger, supplements, disclosures and objections.

Revision ID: 0001
"""

from alembic import op

from services.attendance.models import BTREE_GIST_DDL, LEDGER_TRIGGER_DDL, Base
from services.chassis.migrations import create_chassis_tables
from services.chassis.organizations import LTREE_DDL
from services.chassis.tables import CHASSIS

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    bind = op.get_bind()
    bind.exec_driver_sql(LTREE_DDL)
    bind.exec_driver_sql(BTREE_GIST_DDL)
    create_chassis_tables(op)
    own = [table for name, table in Base.metadata.tables.items() if name not in CHASSIS.tables]
    Base.metadata.create_all(bind, tables=own, checkfirst=False)
    bind.exec_driver_sql(LEDGER_TRIGGER_DDL)


def downgrade() -> None:
    raise NotImplementedError("hours are not thrown away")
