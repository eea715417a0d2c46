"""How to reach those who bound their WeChat."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("contact_point", sa.Column("wechat_openid_sealed", sa.String(), nullable=True))


def downgrade() -> None:
    op.drop_column("contact_point", "wechat_openid_sealed")
