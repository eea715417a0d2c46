"""A private PostgreSQL cluster: a foreground command for the supervisor, its files, databases and roles."""

from __future__ import annotations

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
# What migrations may take for granted: search in Chinese text, and paths of the organization tree.
EXTENSIONS = ("pg_trgm", "ltree")


class DatabaseProblem(Exception):
    """The cluster could not be made; the message is initdb's."""


class Postgres:
    """One cluster on a port of its own, TCP on loopback only."""

    def __init__(self, layout: Layout, password: str, *, durable: bool = True) -> None:
        self._data = layout.postgres
        self._password = password
        self._durable = durable
        self.port = layout.port("postgres")
        self.owner = database_owner()

    def prepare(self) -> None:
        """Make the cluster unless it is there. Nothing may be running on it (``strays.py``)."""
        if self._data.exists():
            (self._data / "postmaster.pid").unlink(missing_ok=True)  # of before a reboot; its number may be taken
            return
        # made beside and then moved: what is cut off half-way must not be taken for a cluster
        unfinished = self._data.with_name("postgres.unfinished")
        shutil.rmtree(unfinished, ignore_errors=True)
        unfinished.mkdir(parents=True, mode=0o700)
        if self.owner is not None:
            shutil.chown(unfinished, self.owner)
        with tempfile.NamedTemporaryFile("w") as password_file:
            password_file.write(self._password)
            password_file.flush()
            if self.owner is not None:
                shutil.chown(password_file.name, self.owner)
            self._as_owner(
                "initdb", "-D", str(unfinished), "-U", SUPERUSER, "-A", "scram-sha-256", "-E", "UTF8",
                "--locale=C.UTF-8", "--no-sync", f"--pwfile={password_file.name}",
            )  # fmt: skip
        unfinished.rename(self._data)

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
            # the machine may not crash; the server may: a commit is still handed to the system before it is answered
            options |= {"fsync": "off", "full_page_writes": "off"}
            # nothing lives long enough to need it, and its transactions would be somebody's under way
            options |= {"autovacuum": "off"}
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
        done = subprocess.run(command, capture_output=True, text=True, cwd="/")
        if done.returncode != 0:
            raise DatabaseProblem(f"{program} failed:\n{done.stderr.strip()}")


def database_name(service: str) -> str:
    """The name of a service's database, and of the one role that reaches it."""
    return f"zhiyuan_{service}"


def service_url(admin_url: str, service: str, password: str) -> str:
    """The URL with which ``service`` reaches its own database on the cluster of ``admin_url``."""
    where = psycopg.conninfo.conninfo_to_dict(admin_url)
    host, port, name = where.get("host", "127.0.0.1"), where.get("port", 5432), database_name(service)
    return f"postgresql://{name}:{password}@{host}:{port}/{name}"


def make_databases(admin_url: str, passwords: Mapping[str, str]) -> None:
    """A role and a database for each service; a role can reach no other database. May run any number of times."""
    with psycopg.connect(admin_url, autocommit=True) as connection:
        roles = {name for (name,) in connection.execute("SELECT rolname FROM pg_roles")}
        databases = {name for (name,) in connection.execute("SELECT datname FROM pg_database")}
        for service, password in passwords.items():
            name = sql.Identifier(database_name(service))
            verb = sql.SQL("ALTER" if database_name(service) in roles else "CREATE")
            connection.execute(sql.SQL("{} ROLE {} LOGIN PASSWORD {}").format(verb, name, sql.Literal(password)))
            if database_name(service) not in databases:
                connection.execute(sql.SQL("CREATE DATABASE {} OWNER {}").format(name, name))
            connection.execute(sql.SQL("REVOKE CONNECT, TEMPORARY ON DATABASE {} FROM PUBLIC").format(name))
    for service in passwords:
        # Trusted extensions an owner may create; these are made by the superuser so that migrations need not care.
        database = psycopg.conninfo.make_conninfo(admin_url, dbname=database_name(service))
        with psycopg.connect(database, autocommit=True) as connection:
            for extension in EXTENSIONS:
                connection.execute(sql.SQL("CREATE EXTENSION IF NOT EXISTS {}").format(sql.Identifier(extension)))


def prepared_by(admin_url: str) -> dict[str, str]:
    """By database, the note that :func:`note_prepared` left; it lives and dies with the data it speaks of."""
    with psycopg.connect(admin_url, autocommit=True) as connection:
        rows = connection.execute("SELECT datname, shobj_description(oid, 'pg_database') FROM pg_database")
        return {name: note for name, note in rows if note is not None}


def note_prepared(admin_url: str, service: str, fingerprint: str) -> None:
    """Write down which code has migrated and filled the database of ``service``."""
    with psycopg.connect(admin_url, autocommit=True) as connection:
        statement = sql.SQL("COMMENT ON DATABASE {} IS {}")
        connection.execute(statement.format(sql.Identifier(database_name(service)), sql.Literal(fingerprint)))
