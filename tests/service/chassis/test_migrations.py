"""The job that migrates: one at a time, and the one that waits is in nobody's way."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import psycopg

from services.chassis import migrations
from services.chassis.testing.processes import eventually

# It asks, commits, and asks again.
_WAITING = """
SELECT count(*) FROM pg_stat_activity
 WHERE datname = current_database() AND pid <> pg_backend_pid() AND (query LIKE '%advisory_lock%' OR query = 'COMMIT')
"""


def test_a_job_that_waits_for_another_lets_it_make_an_index_concurrently(
    scratch_database: Callable[[str], str],
) -> None:
    url = scratch_database("notify")
    with psycopg.connect(url, autocommit=True) as first, ThreadPoolExecutor() as pool:
        first.execute(f"SELECT pg_advisory_lock({migrations.LOCK})".encode())
        try:
            second = pool.submit(migrations.upgrade, "notify", url)
            eventually(lambda: first.execute(_WAITING).fetchone() == (1,))
            first.execute("CREATE INDEX CONCURRENTLY ix_made_meanwhile ON message (created_at)")
            assert not second.done()
        finally:
            first.execute(f"SELECT pg_advisory_unlock({migrations.LOCK})".encode())
        assert second.result(timeout=20) is None
