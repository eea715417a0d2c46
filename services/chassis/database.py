"""The engine of a service: one pool, as large as the number of workers, with limits that PostgreSQL enforces.

Why this module exists: services run under eventlet with psycopg2 (made cooperative by the runner; psycopg 3 would block
the hub), and a pool larger or smaller than the number of workers either idles or starves.
"""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.exc import DBAPIError, OperationalError

from services.chassis import metrics
from services.chassis.settings import DatabaseSettings


def create_engine(settings: DatabaseSettings, process: str) -> sa.Engine:
    """An engine for ``settings.database_url``; ``process`` is what pg_stat_activity shows."""
    options = (
        f"-c statement_timeout={settings.statement_timeout_ms} "
        f"-c idle_in_transaction_session_timeout={2 * settings.statement_timeout_ms} -c timezone=UTC"
    )
    engine = sa.create_engine(
        driver_url(settings.database_url.reveal(), "psycopg2"),
        pool_size=settings.max_workers,
        max_overflow=0,
        pool_timeout=settings.statement_timeout_ms / 1000,
        pool_pre_ping=True,  # a restarted database costs a reconnect, not an error
        pool_use_lifo=True,
        hide_parameters=True,  # what was bound to a failing statement may be somebody's name, and errors are logged
        connect_args={"options": options, "application_name": process, "connect_timeout": 5},
    )
    metrics.POOL_SIZE.set(settings.max_workers)
    event.listen(engine, "checkout", lambda *_: metrics.POOL_CHECKED_OUT.inc())
    event.listen(engine, "checkin", lambda *_: metrics.POOL_CHECKED_OUT.dec())
    return engine


def driver_url(url: str, driver: str) -> sa.URL:
    """``postgresql://…`` as a SQLAlchemy URL that names its driver."""
    return sa.make_url(url).set(drivername=f"postgresql+{driver}")


def is_outage(error: BaseException) -> bool:
    """Whether ``error`` says that the database is away, and not that the statement was wrong."""
    if isinstance(error, DBAPIError) and error.connection_invalidated:
        return True
    # SQLSTATE classes: 08 connection, 57 operator intervention, 53 resources; None: never got that far
    state = getattr(getattr(error, "orig", None), "pgcode", None)
    return isinstance(error, OperationalError) and (state is None or state[:2] in {"08", "53", "57"})
