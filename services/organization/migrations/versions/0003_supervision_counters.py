"""Supervision's counters, their snapshots, and a first count of what is there.

A version that runs on until it is replaced does not keep them: `dev supervision recount --repair` after an update.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from services.chassis.organizations import LTree

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "counted_volunteer",
        sa.Column("volunteer_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("organization_id", sa.Uuid(as_uuid=False), nullable=True),
        sa.Column("league_member", sa.Boolean(), nullable=False),
        sa.Column("card_holder", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("volunteer_id", name=op.f("pk_counted_volunteer")),
    )
    op.create_table(
        "organization_counter",
        sa.Column("organization_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("path", LTree(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("registered", sa.Integer(), nullable=False),
        sa.Column("league_members", sa.Integer(), nullable=False),
        sa.Column("card_holders", sa.Integer(), nullable=False),
        sa.Column("last_activity_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("declared_organizations", sa.Integer(), nullable=True),
        sa.Column("declared_volunteers", sa.Integer(), nullable=True),
        sa.Column("declared_league_members", sa.Integer(), nullable=True),
        sa.Column("covered_level", sa.Integer(), nullable=False),
        sa.Column("pending_memberships", sa.Integer(), nullable=False),
        sa.Column("oldest_pending_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("waiting_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("changed", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_organization_counter_organization_id_organization")
        ),
        sa.PrimaryKeyConstraint("organization_id", name=op.f("pk_organization_counter")),
    )
    op.create_index("ix_organization_counter_path", "organization_counter", ["path"], postgresql_using="gist")
    op.create_index(
        "ix_organization_counter_changed",
        "organization_counter",
        ["organization_id"],
        postgresql_where=sa.text("changed"),
    )
    op.create_table(
        "counter_snapshot",
        sa.Column("organization_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("from_day", sa.Date(), nullable=False),
        sa.Column("until_day", sa.Date(), nullable=False),
        sa.Column("path", LTree(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("registered", sa.Integer(), nullable=False),
        sa.Column("league_members", sa.Integer(), nullable=False),
        sa.Column("card_holders", sa.Integer(), nullable=False),
        sa.Column("last_activity_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("declared_organizations", sa.Integer(), nullable=True),
        sa.Column("declared_volunteers", sa.Integer(), nullable=True),
        sa.Column("declared_league_members", sa.Integer(), nullable=True),
        sa.Column("covered_level", sa.Integer(), nullable=False),
        sa.Column("pending_memberships", sa.Integer(), nullable=False),
        sa.Column("oldest_pending_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("waiting_since", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_counter_snapshot_organization_id_organization")
        ),
        sa.PrimaryKeyConstraint("organization_id", "from_day", name=op.f("pk_counter_snapshot")),
    )
    op.create_index("ix_counter_snapshot_path", "counter_snapshot", ["path"], postgresql_using="gist")
    op.create_index("ix_counter_snapshot_days", "counter_snapshot", ["until_day", "from_day"])
    op.create_table(
        "supervision_day",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("counted_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_supervision_day")),
    )
    op.execute(_PEOPLE)
    op.execute(_PLACES)


def downgrade() -> None:
    op.drop_table("supervision_day")
    op.drop_table("counter_snapshot")
    op.drop_table("organization_counter")
    op.drop_table("counted_volunteer")


_PEOPLE = """
    INSERT INTO counted_volunteer (volunteer_id, organization_id, league_member, card_holder)
    SELECT membership.volunteer_id, membership.organization_id,
           coalesce(volunteer.political_status = 'league_member', false) AS league_member,
           EXISTS (SELECT FROM card_application AS card
                   WHERE card.volunteer_id = membership.volunteer_id AND card.status = 'activated') AS card_holder
    FROM membership LEFT JOIN volunteer ON volunteer.id = membership.volunteer_id
    WHERE membership.status = 'approved' AND coalesce(volunteer.status, '') NOT IN ('suspended', 'erased')
"""
_PLACES = """
    INSERT INTO organization_counter (organization_id, path, active, registered, league_members, card_holders, last_activity_at, declared_organizations,
        declared_volunteers, declared_league_members, covered_level, pending_memberships, oldest_pending_at, waiting_since, changed)
    SELECT truth.*, true FROM (
        WITH people AS (
            SELECT organization_id, count(*)::int AS registered, count(*) FILTER (WHERE league_member)::int
                   AS league_members, count(*) FILTER (WHERE card_holder)::int AS card_holders
            FROM (
        SELECT membership.volunteer_id, membership.organization_id,
               coalesce(volunteer.political_status = 'league_member', false) AS league_member,
               EXISTS (SELECT FROM card_application AS card
                       WHERE card.volunteer_id = membership.volunteer_id AND card.status = 'activated') AS card_holder
        FROM membership LEFT JOIN volunteer ON volunteer.id = membership.volunteer_id
        WHERE membership.status = 'approved' AND coalesce(volunteer.status, '') NOT IN ('suspended', 'erased')
    ) AS person GROUP BY organization_id
        ),
        declaring AS MATERIALIZED (
            SELECT * FROM (
        SELECT node.id AS organization_id, node.path, node.status = 'active' AS active,
               (SELECT max(activity.published_at) FROM published_activity AS activity
                WHERE activity.organization_id = node.id AND activity.revoked_at IS NULL) AS last_activity_at,
               receipt.declared_organizations, receipt.declared_volunteers, receipt.declared_league_members,
               waiting.pending_memberships, waiting.oldest_pending_at,
               CASE WHEN node.status = 'pending' THEN node.submitted_at END AS waiting_since
        FROM organization AS node
        LEFT JOIN LATERAL (SELECT * FROM adoption_receipt AS sent
                           WHERE sent.organization_id = node.id AND node.status = 'active'
                           ORDER BY sent.submitted_at DESC, sent.id DESC LIMIT 1) AS receipt ON true
        CROSS JOIN LATERAL (SELECT count(*)::int AS pending_memberships, min(submitted_at) AS oldest_pending_at
                            FROM membership
                            WHERE membership.organization_id = node.id AND membership.status = 'pending') AS waiting
    ) AS place
        ),
        above AS (
            SELECT below.organization_id, max(nlevel(upper.path))::int AS level
            FROM declaring AS below
            CROSS JOIN LATERAL unnest(string_to_array(ltree2text(below.path), '.')::uuid[]) AS label
            JOIN declaring AS upper ON upper.organization_id = label
            WHERE upper.declared_volunteers IS NOT NULL AND below.declared_volunteers IS NOT NULL
              AND upper.organization_id <> below.organization_id
            GROUP BY below.organization_id
        )
        SELECT organization_id, path, active, coalesce(registered, 0) AS registered,
               coalesce(league_members, 0) AS league_members, coalesce(card_holders, 0) AS card_holders, last_activity_at,
               declared_organizations, declared_volunteers, declared_league_members, coalesce(level, 0) AS covered_level,
               pending_memberships, oldest_pending_at, waiting_since
        FROM declaring LEFT JOIN people USING (organization_id) LEFT JOIN above USING (organization_id)
    ) AS truth
"""
