"""A private PostgreSQL cluster: a foreground command for the supervisor, its files, databases and roles."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path

import psycopg
from psycopg import sql

from deploy.local.layout import Layout, database_owner
from deploy.local.packages import postgres_bin

SUPERUSER = "zhiyuan_admin"


class Postgres:
    """One cluster on a port of its own, TCP on loopback only."""

    def __init__(self, layout: Layout, password: str, *, durable: bool = True) -> None:
        self._data = layout.postgres
        self._password = password
        self._durable = durable
        self.port = layout.port("postgres")
        self.owner = database_owner()

    def prepare(self) -> None:
        """Make the cluster unless it is there."""
        if (self._data / "PG_VERSION").exists():
            return
        self._data.mkdir(parents=True, exist_ok=True)
        if self.owner is not None:
            shutil.chown(self._data, self.owner)
        with tempfile.NamedTemporaryFile("w") as password_file:
            password_file.write(self._password)
            password_file.flush()
            os.chmod(password_file.name, 0o644 if self.owner else 0o600)
            self._as_owner(
                "initdb", "-D", str(self._data), "-U", SUPERUSER, "-A", "scram-sha-256", "-E", "UTF8",
                "--locale=C.UTF-8", "--no-sync", f"--pwfile={password_file.name}",
            )  # fmt: skip

    @property
    def command(self) -> list[str]:
        """The server, in the foreground."""
        options = {
            "port": self.port,
            "listen_addresses": "127.0.0.1",
            "unix_socket_directories": "",
            "max_connections": 400,
            "shared_buffers": "256MB",
            "logging_collector": "off",
            "log_min_messages": "warning",
            "timezone": "UTC",
        }
        if not self._durable:
            options |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
        flags = [part for name, value in options.items() for part in ("-c", f"{name}={value}")]
        return [str(self._bin / "postgres"), "-D", str(self._data), *flags]

    def admin_url(self, database: str = "postgres") -> str:
        """A URL for the superuser."""
        return f"postgresql://{SUPERUSER}:{self._password}@127.0.0.1:{self.port}/{database}"

    def fault(self) -> str | None:
        """None once the server takes connections."""
        try:
            psycopg.connect(self.admin_url(), connect_timeout=3).close()
        except psycopg.OperationalError as error:
            return str(error).strip()
        return None

    @property
    def _bin(self) -> Path:
        found = postgres_bin()
        assert found is not None, "packages.ensure comes first"
        return found

    def _as_owner(self, program: str, *arguments: str) -> None:
        command = [str(self._bin / program), *arguments]
        if self.owner is not None:
            command = ["runuser", "-u", self.owner, "--", *command]
        subprocess.run(command, check=True, capture_output=True, text=True, cwd="/")


def service_url(admin_url: str, service: str, password: str) -> str:
    """The URL with which ``service`` reaches its own database on the cluster of ``admin_url``."""
    where = psycopg.conninfo.conninfo_to_dict(admin_url)
    return f"postgresql://zhiyuan_{service}:{password}@{where['host']}:{where.get('port', 5432)}/zhiyuan_{service}"


def make_databases(admin_url: str, passwords: Mapping[str, str]) -> None:
    """A role and a database for each service; a role can reach no other database. May run any number of times."""
    with psycopg.connect(admin_url, autocommit=True) as connection:
        for service, password in passwords.items():
            name = sql.Identifier(f"zhiyuan_{service}")
            secret = sql.Literal(password)
            exists = connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", (f"zhiyuan_{service}",)).fetchone()
            verb = "ALTER" if exists else "CREATE"
            connection.execute(sql.SQL(verb + " ROLE {} LOGIN PASSWORD {}").format(name, secret))
            if not connection.execute(
                "SELECT 1 FROM pg_database WHERE datname = %s", (f"zhiyuan_{service}",)
            ).fetchone():
                connection.execute(sql.SQL("CREATE DATABASE {} OWNER {}").format(name, name))
            connection.execute(sql.SQL("REVOKE CONNECT, TEMPORARY ON DATABASE {} FROM PUBLIC").format(name))
    for service in passwords:
        # Trusted extensions an owner may create; these two are made by the superuser so that migrations need not care.
        database = psycopg.conninfo.make_conninfo(admin_url, dbname=f"zhiyuan_{service}")
        with psycopg.connect(database, autocommit=True) as connection:
            connection.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
            connection.execute("CREATE EXTENSION IF NOT EXISTS ltree")
