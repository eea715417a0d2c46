"""Scratch databases: migrated once into a template, then cloned in milliseconds."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from uuid import uuid4

import psycopg
import sqlalchemy as sa
from psycopg import sql

from services.chassis import migrations
from services.chassis.tables import OUTBOX_TRIGGER_DDL


class Templates:
    """The migrated template databases of one PostgreSQL cluster, made on first use."""

    def __init__(self, admin_url: str) -> None:
        self._admin_url = admin_url
        self._made: dict[str, str] = {}

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
        """The URL of a fresh copy of ``template``, dropped afterwards."""
        name = f"scratch_{uuid4().hex[:12]}"
        self._execute("CREATE DATABASE {} TEMPLATE {} STRATEGY FILE_COPY", name, template)
        try:
            yield self.url(name)
        finally:
            self._execute("DROP DATABASE {} WITH (FORCE)", name)

    def _execute(self, statement: str, *names: str) -> None:
        with psycopg.connect(self._admin_url, autocommit=True) as connection:
            connection.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))
