"""A service's database: limits that PostgreSQL enforces, outages that are told from mistakes, migrations as jobs."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from services.chassis.database import create_engine, is_outage
from services.chassis.settings import ServiceSettings
from services.chassis.testing.databases import Templates
from services.chassis.testing.processes import REPOSITORY
from services.chassis.testing.units import ENVIRONMENT
from tests.sample.models import Base


@contextmanager
def engine_of(database_url: str, **environment: str) -> Iterator[sa.Engine]:
    settings = ServiceSettings.from_environment(
        {**ENVIRONMENT, "ZHIYUAN_DATABASE_URL": database_url, "ZHIYUAN_MAX_WORKERS": "2", **environment}
    )
    engine = create_engine(settings, "test")
    try:
        yield engine
    finally:
        engine.dispose()


@pytest.fixture
def database_url(scratch_metadata: Callable[[str, sa.MetaData], str]) -> str:
    return scratch_metadata("sample", Base.metadata)


def test_a_statement_that_takes_too_long_is_ended_by_the_database(database_url: str) -> None:
    with engine_of(database_url, ZHIYUAN_STATEMENT_TIMEOUT_MS="50") as engine, engine.connect() as connection:
        with pytest.raises(DBAPIError) as caught:
            connection.execute(sa.text("SELECT pg_sleep(5)"))

    assert caught.value.orig is not None
    assert "statement timeout" in str(caught.value)


def test_the_pool_heals_after_the_database_dropped_its_connections(database_url: str) -> None:
    with engine_of(database_url) as engine, engine_of(database_url) as another:
        with engine.connect() as connection:
            pid = connection.scalar(sa.text("SELECT pg_backend_pid()"))
        with another.connect() as connection:
            connection.execute(sa.text("SELECT pg_terminate_backend(:pid)"), {"pid": pid})

        with engine.connect() as connection:
            assert connection.scalar(sa.text("SELECT pg_backend_pid()")) != pid


def test_an_error_does_not_show_what_was_bound_to_the_statement(database_url: str) -> None:
    """It goes into the logs, and what is bound may be somebody's name."""
    with engine_of(database_url) as engine, engine.connect() as connection:
        with pytest.raises(DBAPIError) as error:
            connection.execute(sa.text("SELECT 1 / 0, :name"), {"name": "林木棉"})

    assert "division by zero" in str(error.value)
    assert "林木棉" not in str(error.value)


def test_an_outage_is_told_from_a_mistake(database_url: str) -> None:
    with engine_of(database_url) as engine, engine.connect() as connection:
        with pytest.raises(DBAPIError) as mistake:
            connection.execute(sa.text("SELECT no_such_column"))
    with engine_of("postgresql://nobody:wrong@127.0.0.1:1/none") as engine:
        with pytest.raises(DBAPIError) as outage:
            engine.connect()

    assert not is_outage(mistake.value)
    assert is_outage(outage.value)


def test_two_migration_jobs_at_once_do_the_work_once(templates: Templates, database_admin_url: str) -> None:
    admin = sa.create_engine(sa.make_url(database_admin_url).set(drivername="postgresql+psycopg"))
    with admin.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(sa.text("CREATE DATABASE two_jobs"))
        # processes, as in real life: Alembic keeps its context in a module, so that threads would share it
        command = [sys.executable, "-m", "services.chassis.migrations", "notify", "upgrade"]
        environment = {**os.environ, "ZHIYUAN_DATABASE_URL": templates.url("two_jobs")}
        jobs = [
            subprocess.Popen(command, env=environment, cwd=REPOSITORY, stderr=subprocess.PIPE, text=True)
            for _ in range(2)
        ]
        faults = [job.communicate(timeout=60)[1] for job in jobs if job.wait(60) != 0]
        connection.execute(sa.text("DROP DATABASE two_jobs WITH (FORCE)"))
    admin.dispose()

    assert faults == []
