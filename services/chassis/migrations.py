"""Migrations: Alembic, as a job of its own, never at the start of a service.

    python -m services.chassis.migrations identity upgrade [REVISION]
    python -m services.chassis.migrations identity revision "what changes and why"

Why this module exists: six services need the same environment. A service's ``migrations/env.py`` calls
:func:`run_environment` with its metadata, its first revision calls :func:`create_chassis_tables`. A migration must be
one that the running version survives: add first, remove a release later; hold no lock for long, and queue nobody behind
one that is waited for.
"""

from __future__ import annotations

import importlib
import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from alembic import command, context
from alembic.config import Config
from psycopg.errors import DeadlockDetected, LockNotAvailable

from services.chassis.audit import AUDIT_TRIGGER_DDL
from services.chassis.database import driver_url
from services.chassis.tables import CHASSIS, OUTBOX_TRIGGER_DDL

LOCK = "hashtextextended('zhiyuan:migrations', 0)"
"""The advisory lock that a job holds while it migrates; an SQL expression."""

LOCK_TIMEOUT = "3s"
"""How long a statement of a revision waits for a lock: less than those of a service, queued behind it, may take."""
PATIENCE_SECONDS = 600
"""How long a revision that gets no lock is tried again."""

_ASK_AGAIN_SECONDS = 0.2
# what first revisions have made; a table that the chassis came to need since is made by a revision of each service
_FIRST_TABLES = ("outbox", "inbox", "idempotency_key", "audit_log")


def alembic_config(service: str, database_url: str) -> Config:
    """The configuration that an ``alembic.ini`` would hold."""
    package = importlib.import_module(f"services.{service}")
    config = Config()
    config.set_main_option("script_location", str(Path(package.__path__[0]) / "migrations"))
    config.set_main_option("sqlalchemy.url", database_url.replace("%", "%%"))
    config.set_main_option("file_template", "%%(rev)s_%%(slug)s")
    return config


def run_environment(metadata: sa.MetaData) -> None:
    """The body of every service's ``env.py``."""
    url = context.config.get_main_option("sqlalchemy.url")
    engine = sa.create_engine(driver_url(str(url), "psycopg"), poolclass=sa.pool.NullPool)
    with engine.connect() as connection:
        # Two jobs at once: the second asks until the first is done, then finds nothing to do. It must not wait inside a
        # statement: CREATE INDEX CONCURRENTLY waits for every snapshot that is open, and the two would deadlock.
        while not connection.scalar(sa.text(f"SELECT pg_try_advisory_lock({LOCK})")):
            connection.commit()
            time.sleep(_ASK_AGAIN_SECONDS)
        connection.execute(sa.text(f"SET lock_timeout = '{LOCK_TIMEOUT}'"))
        connection.commit()
        context.configure(
            connection=connection, target_metadata=metadata, compare_type=True, transaction_per_migration=True
        )
        _run_until_there_is_no_lock_in_the_way(connection)
        connection.execute(sa.text(f"SELECT pg_advisory_unlock({LOCK})"))
        connection.commit()
    engine.dispose()


def _run_until_there_is_no_lock_in_the_way(connection: sa.Connection) -> None:
    """A revision that fails for a lock has changed nothing, or may run again; whoever waited behind it comes first."""
    until = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            with context.begin_transaction():
                context.run_migrations()
            return
        except sa.exc.OperationalError as error:
            if not isinstance(error.orig, (LockNotAvailable, DeadlockDetected)) or time.monotonic() > until:
                raise
            connection.rollback()
            sys.stderr.write(f"tried again: {error.orig}\n")
            time.sleep(_ASK_AGAIN_SECONDS)


@contextmanager
def statement_by_statement(op: Any) -> Iterator[None]:
    """For a revision of several tables: each statement commits by itself, so that no lock is held while another is
    waited for. A revision that was cut off runs again: its statements say IF [NOT] EXISTS.
    """
    with op.get_context().autocommit_block():
        yield


def add_index(op: Any, name: str, table: str, columns: list[Any], **options: Any) -> None:
    """Make an index beside the running version (CONCURRENTLY), which takes its time; one that was cut off is made anew.

    ``options``: those of ``op.create_index``.
    """
    with op.get_context().autocommit_block():
        invalid = sa.text("SELECT true FROM pg_index WHERE indexrelid = to_regclass(:name) AND NOT indisvalid")
        if op.get_bind().scalar(invalid, {"name": name}):
            op.drop_index(name, table, postgresql_concurrently=True)
        op.execute("SET lock_timeout = 0")  # it waits for whoever reads, and nobody waits for it
        op.create_index(name, table, columns, postgresql_concurrently=True, if_not_exists=True, **options)
        op.execute(f"SET lock_timeout = '{LOCK_TIMEOUT}'")


def create_chassis_tables(op: Any) -> None:
    """Outbox, inbox, idempotency keys and audit log with their triggers; for a service's first revision."""
    bind = op.get_bind()
    CHASSIS.create_all(bind, [CHASSIS.tables[name] for name in _FIRST_TABLES], checkfirst=False)
    bind.exec_driver_sql(OUTBOX_TRIGGER_DDL)
    bind.exec_driver_sql(AUDIT_TRIGGER_DDL)


def upgrade(service: str, database_url: str, revision: str = "head") -> None:
    """Bring the database of ``service`` to ``revision``."""
    command.upgrade(alembic_config(service, database_url), revision)


def main(arguments: list[str]) -> int:
    """The command line; the database is ``ZHIYUAN_DATABASE_URL``."""
    if len(arguments) < 2 or arguments[1] not in {"upgrade", "revision"}:
        sys.stderr.write(f"{__doc__}\n")
        return 2
    service, action, *rest = arguments
    url = os.environ["ZHIYUAN_DATABASE_URL"]
    if action == "upgrade":
        upgrade(service, url, *rest)
    else:
        command.revision(alembic_config(service, url), message=rest[0], autogenerate=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
