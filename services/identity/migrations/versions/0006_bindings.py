"""WeChat and Alipay accounts that are bound to ours, scenes to bind by, pushes that were taken."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_ID = sa.Uuid(as_uuid=False)


def upgrade() -> None:
    op.create_table(
        "binding",
        sa.Column("account_id", _ID, nullable=False),
        sa.Column("provider", sa.Text(), nullable=False),
        sa.Column("openid_sealed", sa.Text(), nullable=False),
        sa.Column("openid_digest", sa.LargeBinary(), nullable=False),
        sa.Column("bound_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_binding_account_id_account"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("account_id", "provider", name=op.f("pk_binding")),
        sa.UniqueConstraint("provider", "openid_digest", name=op.f("uq_binding_provider_openid_digest")),
    )
    op.create_table(
        "binding_scene",
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("account_id", _ID, nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_binding_scene_account_id_account"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_binding_scene")),
    )
    op.create_index(op.f("ix_binding_scene_account_id"), "binding_scene", ["account_id"], unique=False)
    op.create_index(op.f("ix_binding_scene_expires_at"), "binding_scene", ["expires_at"], unique=False)
    op.create_table(
        "provider_push",
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_provider_push")),
    )
    op.create_index(op.f("ix_provider_push_received_at"), "provider_push", ["received_at"], unique=False)


def downgrade() -> None:
    op.drop_table("provider_push")
    op.drop_table("binding_scene")
    op.drop_table("binding")
