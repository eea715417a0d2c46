"""The statements that keep supervision's counters, and those that make them anew (docs/adr/0020).

Each is set-based: a bulk decision or a batch of an import costs as many as a single change.
"""

from __future__ import annotations

COUNTERS = (
    "path",
    "active",
    "registered",
    "league_members",
    "card_holders",
    "last_activity_at",
    "declared_organizations",
    "declared_volunteers",
    "declared_league_members",
    "covered_level",
    "pending_memberships",
    "oldest_pending_at",
    "waiting_since",
    "records_due",
    "records_in_time",
)
# Those of which the sum over all organizations is kept.
TOTALS = ("active", "registered", "league_members", "card_holders", "records_due", "records_in_time")

# Where each volunteer counts now, and as what: the sources, and nothing that was derived from them.
PEOPLE = """
    SELECT membership.volunteer_id, membership.organization_id,
           coalesce(volunteer.political_status = 'league_member', false) AS league_member,
           EXISTS (SELECT FROM card_application AS card
                   WHERE card.volunteer_id = membership.volunteer_id AND card.status = 'activated') AS card_holder
    FROM membership LEFT JOIN volunteer ON volunteer.id = membership.volunteer_id
    WHERE membership.status = 'approved' AND coalesce(volunteer.status, '') NOT IN ('suspended', 'erased')
"""

# What each organization adds by itself: everything but its members.
PLACES = """
    SELECT node.id AS organization_id, node.path, node.status = 'active' AS active,
           (SELECT max(activity.published_at) FROM published_activity AS activity
            WHERE activity.organization_id = node.id AND activity.revoked_at IS NULL) AS last_activity_at,
           receipt.declared_organizations, receipt.declared_volunteers, receipt.declared_league_members,
           waiting.pending_memberships, waiting.oldest_pending_at,
           CASE WHEN node.status = 'pending' THEN node.submitted_at END AS waiting_since,
           duty.records_due, duty.records_in_time
    FROM organization AS node
    LEFT JOIN LATERAL (SELECT * FROM adoption_receipt AS sent
                       WHERE sent.organization_id = node.id AND node.status = 'active'
                       ORDER BY sent.submitted_at DESC, sent.id DESC LIMIT 1) AS receipt ON true
    CROSS JOIN LATERAL (SELECT count(*)::int AS pending_memberships, min(submitted_at) AS oldest_pending_at
                        FROM membership
                        WHERE membership.organization_id = node.id AND membership.status = 'pending') AS waiting
    CROSS JOIN LATERAL (SELECT count(*)::int AS records_due,
                               count(*) FILTER (WHERE record_duty.status = 'in_time')::int AS records_in_time
                        FROM record_duty
                        WHERE record_duty.organization_id = node.id AND record_duty.status <> 'void') AS duty
"""

# The level of the nearest organization above ``counter`` that has declared; the path names them all.
COVERED_LEVEL = """
    CASE WHEN counter.declared_volunteers IS NULL THEN 0 ELSE coalesce((
        SELECT max(nlevel(above.path)) FROM organization_counter AS above
        WHERE above.organization_id = ANY (string_to_array(ltree2text(counter.path), '.')::uuid[])
          AND above.organization_id <> counter.organization_id AND above.declared_volunteers IS NOT NULL), 0) END
"""

BEGIN_PEOPLE = """
    INSERT INTO counted_volunteer (volunteer_id, organization_id, league_member, card_holder)
    SELECT id, NULL, false, false FROM unnest(CAST(:people AS uuid[])) AS id ORDER BY id
    ON CONFLICT DO NOTHING
"""
LOCK_PEOPLE = """
    SELECT organization_id FROM counted_volunteer WHERE volunteer_id = ANY (CAST(:people AS uuid[]))
    ORDER BY volunteer_id FOR UPDATE
"""
# Those who count otherwise than before; each as two signed rows: what is taken away, and what is added.
MOVE_PEOPLE = f"""
    WITH now AS ({PEOPLE} AND membership.volunteer_id = ANY (CAST(:people AS uuid[]))),
    compared AS (
        SELECT before.volunteer_id,
               before.organization_id AS old_place, before.league_member AS old_league, before.card_holder AS old_card,
               now.organization_id, coalesce(now.league_member, false) AS league_member,
               coalesce(now.card_holder, false) AS card_holder
        FROM counted_volunteer AS before LEFT JOIN now USING (volunteer_id)
        WHERE before.volunteer_id = ANY (CAST(:people AS uuid[]))
    ),
    moved AS (
        SELECT * FROM compared
        WHERE (old_place, old_league, old_card) IS DISTINCT FROM (organization_id, league_member, card_holder)
    ),
    noted AS (
        UPDATE counted_volunteer AS counted
        SET organization_id = moved.organization_id, league_member = moved.league_member,
            card_holder = moved.card_holder
        FROM moved WHERE counted.volunteer_id = moved.volunteer_id
    )
    SELECT organization_id, sum(sign)::int AS registered, sum(sign * league::int)::int AS league_members,
           sum(sign * card::int)::int AS card_holders
    FROM (SELECT organization_id, 1 AS sign, league_member AS league, card_holder AS card FROM moved
          UNION ALL SELECT old_place, -1, old_league, old_card FROM moved) AS step
    WHERE organization_id IS NOT NULL
    GROUP BY organization_id ORDER BY organization_id
"""
BEGIN_PLACES = """
    INSERT INTO organization_counter (organization_id, path, active, registered, league_members, card_holders,
                                      covered_level, pending_memberships, changed)
    SELECT id, path, false, 0, 0, 0, 0, 0, true FROM organization WHERE id = ANY (CAST(:places AS uuid[]))
    ORDER BY id
    ON CONFLICT DO NOTHING
"""
LOCK_PLACES = """
    SELECT FROM organization_counter WHERE organization_id = ANY (CAST(:places AS uuid[]))
    ORDER BY organization_id FOR UPDATE
"""
ADD_PEOPLE = """
    UPDATE organization_counter
    SET registered = registered + :registered, league_members = league_members + :league_members,
        card_holders = card_holders + :card_holders, changed = true
    WHERE organization_id = :organization_id
"""
_OWN = tuple(name for name in COUNTERS if name not in ("registered", "league_members", "card_holders", "covered_level"))
RECOUNT_PLACES = f"""
    UPDATE organization_counter AS counter
    SET {", ".join(f"{name} = place.{name}" for name in _OWN)}, changed = true
    FROM ({PLACES} WHERE node.id = ANY (CAST(:places AS uuid[]))) AS place
    WHERE counter.organization_id = place.organization_id
      AND ({", ".join(f"counter.{name}" for name in _OWN)})
          IS DISTINCT FROM ({", ".join(f"place.{name}" for name in _OWN)})
"""
MOVE_PLACES = """
    UPDATE organization_counter AS counter SET path = node.path, changed = true
    FROM organization AS node, organization AS top
    WHERE counter.organization_id = node.id AND node.path <@ top.path AND top.id = ANY (CAST(:tops AS uuid[]))
      AND counter.path <> node.path
"""
LOCK_COVERING = "SELECT pg_advisory_xact_lock(hashtextextended('organization:covering', 0))"
COVER_PLACES = f"""
    UPDATE organization_counter AS counter SET covered_level = {COVERED_LEVEL}, changed = true
    FROM organization AS top
    WHERE counter.path <@ top.path AND top.id = ANY (CAST(:tops AS uuid[]))
      AND counter.covered_level <> {COVERED_LEVEL}
"""

_SUMS = ", ".join(f"coalesce(sum({name}::int), 0)::bigint AS {name}" for name in TOTALS)
SUM_PLACES = f"SELECT {_SUMS} FROM organization_counter WHERE organization_id = ANY (CAST(:places AS uuid[]))"
# Many write at once, and each finds a part that no other is likely to hold; the last lock that a transaction takes.
ADD_TO_TOTALS = f"""
    INSERT INTO counter_total (part, {", ".join(TOTALS)})
    VALUES (pg_backend_pid() % 64, {", ".join(f":{name}" for name in TOTALS)})
    ON CONFLICT (part) DO UPDATE SET {", ".join(f"{name} = counter_total.{name} + excluded.{name}" for name in TOTALS)}
"""

SNAPSHOT = f"""
    WITH changed AS (
        UPDATE organization_counter SET changed = false WHERE changed RETURNING *
    ),
    closed AS (
        UPDATE counter_snapshot AS snapshot SET until_day = :first_day
        FROM changed
        WHERE snapshot.organization_id = changed.organization_id AND snapshot.until_day = 'infinity'
    )
    INSERT INTO counter_snapshot (organization_id, from_day, until_day, {", ".join(COUNTERS)})
    SELECT organization_id, :first_day, 'infinity', {", ".join(COUNTERS)} FROM changed
"""

# What every counter should be, from the sources alone.
FROM_SCRATCH = f"""
    WITH people AS (
        SELECT organization_id, count(*)::int AS registered, count(*) FILTER (WHERE league_member)::int
               AS league_members, count(*) FILTER (WHERE card_holder)::int AS card_holders
        FROM ({PEOPLE}) AS person GROUP BY organization_id
    ),
    declaring AS MATERIALIZED (
        SELECT * FROM ({PLACES}) AS place
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
           pending_memberships, oldest_pending_at, waiting_since, records_due, records_in_time
    FROM declaring LEFT JOIN people USING (organization_id) LEFT JOIN above USING (organization_id)
"""
DIFFERENCES = f"""
    SELECT truth.organization_id, to_jsonb(counter) - 'changed' AS kept, to_jsonb(truth) AS counted
    FROM ({FROM_SCRATCH}) AS truth LEFT JOIN organization_counter AS counter USING (organization_id)
    WHERE ({", ".join(f"counter.{name}" for name in COUNTERS)})
          IS DISTINCT FROM ({", ".join(f"truth.{name}" for name in COUNTERS)})
    ORDER BY truth.organization_id
"""
# A count of everything, and the first night's snapshot, take longer than a request may.
WITHOUT_HURRY = "SET LOCAL statement_timeout = 0"
LOCK_ALL = "LOCK TABLE counted_volunteer, organization_counter, counter_total IN EXCLUSIVE MODE"
REPAIR_PEOPLE = (
    f"DELETE FROM counted_volunteer AS counted WHERE NOT EXISTS (SELECT FROM ({PEOPLE}) AS person"
    " WHERE person.volunteer_id = counted.volunteer_id)",
    f"INSERT INTO counted_volunteer (volunteer_id, organization_id, league_member, card_holder) {PEOPLE}"
    " ON CONFLICT (volunteer_id) DO UPDATE SET organization_id = excluded.organization_id,"
    " league_member = excluded.league_member, card_holder = excluded.card_holder"
    " WHERE (counted_volunteer.organization_id, counted_volunteer.league_member, counted_volunteer.card_holder)"
    " IS DISTINCT FROM (excluded.organization_id, excluded.league_member, excluded.card_holder)",
)
REPAIR_PLACES = f"""
    INSERT INTO organization_counter (organization_id, {", ".join(COUNTERS)}, changed)
    SELECT organization_id, {", ".join(COUNTERS)}, true FROM ({FROM_SCRATCH}) AS truth
    ON CONFLICT (organization_id)
    DO UPDATE SET {", ".join(f"{name} = excluded.{name}" for name in COUNTERS)}, changed = true
    WHERE ({", ".join(f"organization_counter.{name}" for name in COUNTERS)})
          IS DISTINCT FROM ({", ".join(f"excluded.{name}" for name in COUNTERS)})
"""
_OF_EVERYTHING = f"SELECT {_SUMS} FROM organization_counter"
TOTAL_DIFFERENCE = f"""
    SELECT to_jsonb(kept) AS kept, to_jsonb(counted) AS counted
    FROM (SELECT {_SUMS} FROM counter_total) AS kept CROSS JOIN ({_OF_EVERYTHING}) AS counted
    WHERE kept IS DISTINCT FROM counted
"""
REPAIR_TOTALS = (
    "DELETE FROM counter_total",
    f"INSERT INTO counter_total (part, {', '.join(TOTALS)}) SELECT 0, sums.* FROM ({_OF_EVERYTHING}) AS sums",
)
