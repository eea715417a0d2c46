"""Scratch databases: migrated once into a template, copied once, and from then on emptied for whoever comes next.

Why this module exists: a copy of a template costs PostgreSQL some tens of milliseconds of file work at either end, and
whoever uses it new connections and freshly compiled statements. Two thousand tests of a suite pay for a copy each,
unless the last one's is given back as it was.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import psycopg
import sqlalchemy as sa
from psycopg import sql

from services.chassis import migrations
from services.chassis.tables import OUTBOX_TRIGGER_DDL

# What a test may have changed beside rows; a copy of another shape is dropped.
_SHAPE = """
SELECT (SELECT array[count(*), max(oid::bigint), sum(relnatts)] FROM pg_class),
       (SELECT array[count(*), max(oid::bigint)] FROM pg_trigger),
       (SELECT array[count(*), max(oid::bigint)] FROM pg_constraint),
       (SELECT array[count(*), max(oid::bigint), sum(hashtext(prosrc))] FROM pg_proc WHERE oid > 16383)
"""
_TABLES = """
SELECT relname FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
WHERE nspname = 'public' AND relkind = 'r' ORDER BY relname
"""
# Rows of append-only tables, too, are gone with the test that wrote them.
_GUARDS = "SELECT tgname FROM pg_trigger WHERE tgrelid = %s::text::regclass AND tgenabled = 'A'"
_SEQUENCES = "SELECT sequencename, start_value, last_value FROM pg_sequences WHERE schemaname = 'public'"


@dataclass
class _Copies:
    """What is known of one template, and the copies of it that wait for the next test."""

    shape: Any = None
    tables: list[str] = field(default_factory=list)
    rows: dict[str, bytes] = field(default_factory=dict)
    sequences: dict[str, tuple[int, bool]] = field(default_factory=dict)
    free: list[str] = field(default_factory=list)


class Templates:
    """The migrated template databases of one PostgreSQL cluster, made on first use."""

    def __init__(self, admin_url: str) -> None:
        self._admin_url = admin_url
        self._made: dict[str, str] = {}
        self._copies: dict[str, _Copies] = {}

    def url(self, database: str) -> str:
        """The URL of ``database`` on the same cluster, as the administrator."""
        return sa.make_url(self._admin_url).set(database=database).render_as_string(hide_password=False)

    def of_service(self, service: str) -> str:
        """The name of the template that holds ``service``'s schema at head."""
        if service not in self._made:
            name = f"template_{service}_{uuid4().hex[:8]}"
            self._execute("CREATE DATABASE {}", name)
            migrations.upgrade(service, self.url(name))
            self._made[service] = name
        return self._made[service]

    def of_metadata(self, name: str, metadata: sa.MetaData) -> str:
        """The name of a template made from bare metadata (for the chassis' own sample service)."""
        if name not in self._made:
            database = f"template_{name}_{uuid4().hex[:8]}"
            self._execute("CREATE DATABASE {}", database)
            engine = sa.create_engine(re.sub("^postgresql:", "postgresql+psycopg:", self.url(database)))
            with engine.begin() as connection:
                metadata.create_all(connection)
                connection.exec_driver_sql(OUTBOX_TRIGGER_DDL)
            engine.dispose()
            self._made[name] = database
        return self._made[name]

    @contextmanager
    def clone(self, template: str) -> Iterator[str]:
        """The URL of a database that is as ``template`` is; afterwards it is emptied for the next one."""
        copies = self._copies.get(template) or self._copies.setdefault(template, self._look_at(template))
        name = copies.free.pop() if copies.free else self._copy(template)
        try:
            yield self.url(name)
        finally:
            if self._emptied(name, copies):
                copies.free.append(name)
            else:
                self._execute("DROP DATABASE {} WITH (FORCE)", name)

    def _copy(self, template: str) -> str:
        name = f"scratch_{uuid4().hex[:12]}"
        self._execute("CREATE DATABASE {} TEMPLATE {} STRATEGY FILE_COPY", name, template)
        return name

    def _look_at(self, template: str) -> _Copies:
        found = _Copies()
        with psycopg.connect(self.url(template)) as connection:
            found.shape = connection.execute(_SHAPE).fetchone()
            found.tables = [name for (name,) in connection.execute(_TABLES)]
            for name in found.tables:
                with connection.cursor().copy(sql.SQL("COPY {} TO STDOUT").format(sql.Identifier(name))) as copy:
                    rows = b"".join(bytes(chunk) for chunk in copy)
                if rows:
                    found.rows[name] = rows
            for name, start, last in connection.execute(_SEQUENCES):
                found.sequences[name] = (start, False) if last is None else (last, True)
        return found

    def _emptied(self, name: str, template: _Copies) -> bool:
        """Whether ``name`` is as its template again: rows, sequences, and nobody still at work in it."""
        try:
            with psycopg.connect(self.url(name)) as connection:
                connection.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                    " WHERE datname = current_database() AND state <> 'idle' AND pid <> pg_backend_pid()"
                )
                if connection.execute(_SHAPE).fetchone() != template.shape:
                    return False
                # no triggers and no foreign keys: in any order, and nobody is to be woken
                connection.execute("SET LOCAL session_replication_role = replica; SET LOCAL lock_timeout = '5s'")
                _restore_rows(connection, template)
                _restore_sequences(connection, template)
        except psycopg.OperationalError:  # dropped or altered by the test, or held by what it left behind
            return False
        return True

    def _execute(self, statement: str, *names: str) -> None:
        with psycopg.connect(self._admin_url, autocommit=True) as connection:
            connection.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))


def _restore_rows(connection: psycopg.Connection[Any], template: _Copies) -> None:
    """Empty every table that holds rows, and put back what the template has in it."""
    filled = sql.SQL(" UNION ALL ").join(
        sql.SQL("(SELECT {} FROM {} LIMIT 1)").format(sql.Literal(name), sql.Identifier(name))
        for name in template.tables
    )
    for (name,) in connection.execute(filled).fetchall():
        _delete_all(connection, name)
    for name, rows in template.rows.items():
        with connection.cursor().copy(sql.SQL("COPY {} FROM STDIN").format(sql.Identifier(name))) as copy:
            copy.write(rows)


def _delete_all(connection: psycopg.Connection[Any], name: str) -> None:
    table = sql.Identifier(name)
    guards = [sql.Identifier(guard) for (guard,) in connection.execute(_GUARDS, (f'public."{name}"',))]
    for guard in guards:
        connection.execute(sql.SQL("ALTER TABLE {} DISABLE TRIGGER {}").format(table, guard))
    connection.execute(sql.SQL("DELETE FROM {}").format(table))
    for guard in guards:
        connection.execute(sql.SQL("ALTER TABLE {} ENABLE ALWAYS TRIGGER {}").format(table, guard))


def _restore_sequences(connection: psycopg.Connection[Any], template: _Copies) -> None:
    for name, (value, called) in template.sequences.items():
        connection.execute("SELECT setval(%s::text::regclass, %s, %s)", (f'public."{name}"', value, called))
