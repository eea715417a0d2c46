"""Members of a group consent one by one, and the bank's visit has a course of its own.

The former version goes on asking the bank at once meanwhile: such a group has no deadline, so nobody is asked for it.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_MOMENT = sa.DateTime(timezone=True)
_GROUP = {"consent_until": _MOMENT, "consents_kept_until": _MOMENT, "visit_on": sa.Date(), "reason": sa.String()}
_MEMBER = {
    "replied_at": _MOMENT,
    "code": sa.String(),
    "text_version": sa.String(),
    "clothing_size": sa.String(),
    "details_sealed": sa.String(),
}


def upgrade() -> None:
    for name, kind in _GROUP.items():
        op.add_column("group_application", sa.Column(name, kind, nullable=True))
    op.add_column("group_member", sa.Column("reply", sa.String(), nullable=False, server_default="pending"))
    for name, kind in _MEMBER.items():
        op.add_column("group_member", sa.Column(name, kind, nullable=True))
    op.add_column("card_application", sa.Column("group_id", sa.Uuid(as_uuid=False), nullable=True))
    op.create_foreign_key(
        "fk_card_application_group_id_group_application",
        "card_application",
        "group_application",
        ["group_id"],
        ["id"],
    )
    op.create_index(
        "ix_group_application_collecting",
        "group_application",
        ["consent_until"],
        postgresql_where=sa.text("status = 'collecting'"),
    )
    op.create_index(
        "ix_group_application_consents_kept",
        "group_application",
        ["consents_kept_until"],
        postgresql_where=sa.text("consents_kept_until IS NOT NULL"),
    )
    op.create_index("ix_group_member_volunteer_id", "group_member", ["volunteer_id"])


def downgrade() -> None:
    op.drop_index("ix_group_member_volunteer_id", table_name="group_member")
    op.drop_index("ix_group_application_consents_kept", table_name="group_application")
    op.drop_index("ix_group_application_collecting", table_name="group_application")
    op.drop_column("card_application", "group_id")
    for name in ("reply", *_MEMBER):
        op.drop_column("group_member", name)
    for name in _GROUP:
        op.drop_column("group_application", name)
