"""The job that migrates: one at a time, in nobody's way while it waits, and run again wherever it was cut off."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest
import sqlalchemy as sa
from alembic import command
from alembic.script import ScriptDirectory

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


def test_a_revision_that_gets_no_lock_lets_others_through_and_is_tried_again(
    scratch_database: Callable[[str], str], monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(migrations, "LOCK_TIMEOUT", "50ms")
    url = scratch_database("attendance")
    command.downgrade(migrations.alembic_config("attendance", url), "0022")
    with psycopg.connect(url) as slow, psycopg.connect(url, autocommit=True) as quick, ThreadPoolExecutor() as pool:
        slow.execute("SELECT count(*) FROM supplement")  # and the transaction stays open
        job = pool.submit(migrations.upgrade, "attendance", url)
        eventually(lambda: capfd.readouterr().err.count("tried again") > 0)
        quick.execute("SET lock_timeout = '5s'")
        for table in ("correction", "missing_entry", "objection", "appeal", "supplement", "held_hours"):
            quick.execute(f"SELECT count(*) FROM {table}".encode())
        assert not job.done()
        slow.commit()
        assert job.result(timeout=20) is None
    assert version_of(url) == head_of("attendance")


def test_a_revision_that_gets_no_lock_for_long_fails(
    scratch_database: Callable[[str], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(migrations, "LOCK_TIMEOUT", "50ms")
    monkeypatch.setattr(migrations, "PATIENCE_SECONDS", 0.3)
    url = scratch_database("attendance")
    command.downgrade(migrations.alembic_config("attendance", url), "0022")
    with psycopg.connect(url) as slow:
        slow.execute("SELECT count(*) FROM supplement")
        with pytest.raises(sa.exc.OperationalError, match="lock timeout"):
            migrations.upgrade("attendance", url)
    migrations.upgrade("attendance", url)
    assert version_of(url) == head_of("attendance")


def test_an_index_that_was_cut_off_is_made_anew_and_the_others_are_left(
    scratch_database: Callable[[str], str],
) -> None:
    url = scratch_database("attendance")
    indexes = "SELECT relname, pg_class.oid, indisvalid FROM pg_index JOIN pg_class ON pg_class.oid = indexrelid"
    with psycopg.connect(url, autocommit=True) as connection:
        before = {name: (oid, valid) for name, oid, valid in connection.execute(indexes)}
        connection.execute(
            "UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'ix_shift_copy_starts_at'::regclass"
        )
        connection.execute("UPDATE alembic_version SET version_num = '0021'")
        migrations.upgrade("attendance", url)
        after = {name: (oid, valid) for name, oid, valid in connection.execute(indexes)}
    made_anew = {name for name in before if before[name] != after[name]}
    assert made_anew == {"ix_shift_copy_starts_at"}
    assert after["ix_shift_copy_starts_at"][1]


def version_of(url: str) -> str:
    with psycopg.connect(url) as connection:
        row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    assert row is not None
    return str(row[0])


def head_of(service: str) -> str | None:
    return ScriptDirectory.from_config(migrations.alembic_config(service, "")).get_current_head()
