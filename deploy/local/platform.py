"""The whole platform in one run directory: up, down, and what tests ask of it.

``up`` in order: packages, broker and database, databases and migrations, every process, ready. Each step may be run
again; what is there already is kept.
"""

from __future__ import annotations

import hashlib
import json
import os
import signal
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from deploy.local import broker as broker_module
from deploy.local import packages
from deploy.local.broker import Broker, connection_fault
from deploy.local.credentials import Credentials, load_or_make
from deploy.local.layout import ROOT, Layout
from deploy.local.postgres import Postgres, database_name, make_databases, note_prepared, prepared_by
from deploy.local.preparation import prepare_all
from deploy.local.processes import Addresses, ProcessSpec, process_table, service_environment
from deploy.local.strays import end_strays
from deploy.local.supervisor import Supervisor, program
from deploy.local.topology import BANKS, PARTNER_VHOST, SERVICES, SERVICES_VHOST, applications_queue


class NotReady(Exception):
    """Something did not come up; the message says what, and what it logged last."""


class Platform:
    """One platform. ``durable=False`` is for tests: no wait for the disk, and invented passwords hashed in no time."""

    def __init__(self, run: Path, *, durable: bool = True, report: Callable[[str], None] = print) -> None:
        self.layout = Layout(run)
        self.supervisor = Supervisor(self.layout)
        self._durable = durable
        self._report = report
        self._external_amqp = os.environ.get("ZHIYUAN_AMQP_URL")
        self._external_partner = os.environ.get("ZHIYUAN_PARTNER_AMQP_URL")
        self._external_database = os.environ.get("ZHIYUAN_DATABASE_URL")

    # up and down ------------------------------------------------------------------------------------------------

    def up(self) -> None:
        """Everything running and ready; quick if it is already."""
        if self._external_amqp and not self._external_partner:
            raise NotReady(
                "ZHIYUAN_AMQP_URL is set, so ZHIYUAN_PARTNER_AMQP_URL must name the banks' vhost on that broker, "
                "with what deploy/rabbitmq/definitions.json describes"
            )
        packages.ensure(broker=not self._external_amqp, database=not self._external_database)
        with self.layout.locked():
            with self._step("database"):
                self._start_servers()
                self._wait_for_database()
            with self._step("migrations"):
                self._prepare_databases()
            with self._step("broker"):  # last: it takes longest, and nothing before it needs it
                self._wait_for_broker()
            with self._step("processes"):
                for spec in self.table:
                    self.supervisor.start_process(spec.name)
                self.wait_until_ready()
            self.layout.access.write_text(json.dumps(self.access(), indent=1, ensure_ascii=False))
            self.layout.access.chmod(0o600)

    def servers_only(self) -> None:
        """Just a broker and a database, for service tests and benchmarks."""
        packages.ensure(broker=True, database=True)
        with self.layout.locked():
            self._start_servers()
            self._wait_for_database()
            self._wait_for_broker()

    def apply_settings(self) -> None:
        """Start again those processes whose settings are others now, and wait until they are ready."""
        with self.layout.locked():
            self._start_servers()
            for spec in self.table:
                self.supervisor.start_process(spec.name)
            self.wait_until_ready()

    def down(self) -> None:
        """Stop everything, and whatever a killed supervisor has left; data stay."""
        if not self.layout.run.exists():
            return
        with self.layout.locked():
            if self.supervisor.alive:
                self.supervisor.shut_down()
            end_strays(self.layout.run, self.layout.postgres)
            self.layout.supervisor_socket.unlink(missing_ok=True)

    def wipe(self) -> None:
        """Remove all data; only after ``down``."""
        self.layout.wipe()

    # what is there ----------------------------------------------------------------------------------------------

    @property
    def broker(self) -> Broker:
        """The private node."""
        return Broker(self.layout, self.secrets["broker_users"])

    @property
    def postgres(self) -> Postgres:
        """The private cluster."""
        return Postgres(self.layout, self.secrets["database_superuser"], durable=self._durable)

    @property
    def secrets(self) -> Credentials:
        """Keys and passwords."""
        self.layout.make()
        return load_or_make(self.layout)

    def services_with(self, ring: str) -> list[str]:
        """The services that are given a ring of keys (``field_keys``)."""
        return [name for name in SERVICES if self.secrets[ring] in self._service_environment(name).values()]

    @property
    def addresses(self) -> Addresses:
        """Where broker and database are."""
        return Addresses(
            amqp_url=self._external_amqp or self.broker.url("zhiyuan", SERVICES_VHOST),
            partner_amqp_url=self._external_partner or self.broker.url("card-exchange", PARTNER_VHOST),
            database_admin_url=self._external_database or self.postgres.admin_url(),
        )

    @property
    def table(self) -> list[ProcessSpec]:
        """The platform's processes."""
        table = process_table(self.layout, self.secrets, self.addresses)
        if not self._durable:
            (identity,) = (spec for spec in table if spec.name == "identity")
            identity.environment["ZHIYUAN_ARGON2"] = "1,8,1"
        return table

    @property
    def base_url(self) -> str:
        """Where the gateway listens."""
        return f"http://127.0.0.1:{self.layout.port('http')}"

    def access(self) -> dict[str, Any]:
        """What ``.run/access.json`` says (API.md, last paragraph)."""
        return {
            "base_url": self.base_url,
            "metrics": {spec.name: f"http://127.0.0.1:{spec.ops_port}/metrics" for spec in self.table},
            "partner": {
                bank: {
                    # on a broker of somebody else's the banks' passwords are not ours to know
                    "amqp_url": None if self._external_amqp else self.broker.url(f"bank-{bank}", PARTNER_VHOST),
                    "queue": applications_queue(bank),
                    "key_file": str(self.layout.partner / f"{bank}.jwk"),
                    "webhook_secret": self.secrets["webhook_secrets"][bank],
                }
                for bank in BANKS
            },
            "simulators": f"http://127.0.0.1:{self.layout.port('ops-simulators')}",
            "logins": {"platform_admin": self.secrets["platform_admin"]},
            "wechat": {"push_token": self.secrets["wechat_push_token"]},
        }

    def job_environment(self, service: str) -> dict[str, str]:
        """The environment of a job of ``service`` (republish, psql, parked)."""
        if service not in SERVICES:
            raise NotReady(f"there is no service {service!r}; there are {', '.join(SERVICES)}")
        outside = {name: value for name, value in os.environ.items() if not name.startswith("ZHIYUAN_")}
        return {**outside, **self._service_environment(service)}

    def _service_environment(self, service: str) -> dict[str, str]:
        return service_environment(service, self.layout, self.secrets, self.addresses)

    # waiting ----------------------------------------------------------------------------------------------------

    def wait_until_ready(self, seconds: float = 90) -> None:
        """Until /readyz of every process answers 200; raises :class:`NotReady` with the tail of a log."""
        deadline = time.monotonic() + seconds
        waiting = list(self.table)
        while waiting:
            waiting = [spec for spec in waiting if ready_fault(spec.ops_port) is not None]
            hopeless = [spec for spec in waiting if self.supervisor.refuses_to_start(spec.name)]
            if hopeless or (waiting and time.monotonic() > deadline):
                first = (hopeless or waiting)[0]
                raise NotReady(f"{first.name}: {ready_fault(first.ops_port)}\n{self.log_tail(first.name)}")
            time.sleep(0.2 if waiting else 0)

    def log_tail(self, name: str, characters: int = 3000) -> str:
        """The end of a process's log."""
        file = self.layout.logs / f"{name}.log"
        return file.read_text(errors="replace")[-characters:] if file.exists() else "(no log)"

    def kill(self, name: str) -> int:
        """SIGKILL, as a power cut would do; answers the pid that is gone. The supervisor starts it again."""
        pid = self.supervisor.pid(name)
        os.kill(pid, signal.SIGKILL)
        return pid

    # steps ------------------------------------------------------------------------------------------------------

    def _start_servers(self) -> None:
        self.layout.make()
        if not self.supervisor.alive:
            self._start_clean()
        programs = []
        if not self._external_database:
            programs.append(
                program(
                    "postgres",
                    self.postgres.command,
                    {},
                    log=self.layout.logs / "postgres.log",
                    user=self.postgres.owner,
                    autostart=True,
                    stop_signal="INT",
                )
            )
        if not self._external_amqp:
            name_server_log = self.layout.logs / "epmd.log"
            programs += [
                # before the node, which would start a name server of its own
                program("epmd", self.broker.name_server_command, {}, log=name_server_log, autostart=True, priority=1),
                program(
                    "rabbitmq",
                    self.broker.command,
                    self.broker.environment,
                    log=broker_module.log_file(self.layout),
                    autostart=True,
                ),
            ]
        for spec in self.table:
            log = self.layout.logs / f"{spec.name}.log"
            programs.append(program(spec.name, spec.command, spec.environment, log=log))
        self.supervisor.write(programs)
        self.supervisor.start()

    def _start_clean(self) -> None:
        """What a killed supervisor or a reboot may have left must not stand in the way."""
        ended = end_strays(self.layout.run, self.layout.postgres)
        if ended:
            self._report(f"  ended {ended} processes that were left without a supervisor")
        moved = self.layout.give_up_taken_ports()
        if moved:
            self._report(f"  other ports than before, because theirs are taken: {', '.join(moved)}")
        if not self._external_database:
            self.postgres.prepare()
        if not self._external_amqp:
            self.broker.prepare()

    def _prepare_databases(self) -> None:
        """Migrate and fill what was last prepared by other code than this."""
        admin_url, fingerprint = self.addresses.database_admin_url, code_fingerprint()
        make_databases(admin_url, self.secrets["database_roles"])
        done = prepared_by(admin_url)
        waiting = [service for service in SERVICES if done.get(database_name(service)) != fingerprint]

        prepare_all({service: self._service_environment(service) for service in waiting})
        for service in waiting:
            note_prepared(admin_url, service, fingerprint)

    def _wait_for_database(self) -> None:
        if not self._external_database:
            self._wait_for("postgres", self.postgres.fault)

    def _wait_for_broker(self) -> None:
        if not self._external_amqp:
            self._wait_for("rabbitmq", lambda: connection_fault(self.addresses.amqp_url))

    def _wait_for(self, name: str, fault: Callable[[], str | None], seconds: float = 60) -> None:
        deadline = time.monotonic() + seconds
        while (found := fault()) is not None:
            if time.monotonic() > deadline:
                raise NotReady(f"{name}: {found}\n{self.log_tail(name)}")
            time.sleep(0.1)

    @contextmanager
    def _step(self, name: str) -> Iterator[None]:
        started = time.monotonic()
        yield
        self._report(f"  {name:12} {time.monotonic() - started:5.1f} s")


def code_fingerprint() -> str:
    """A number that changes with anything that migrations and reference data may depend on."""
    digest = hashlib.sha256()
    for folder in ("services", "deploy/data", "requirements"):
        for file in sorted((ROOT / folder).rglob("*")):
            if file.is_file() and file.suffix != ".pyc":
                digest.update(file.relative_to(ROOT).as_posix().encode() + b"\0" + file.read_bytes() + b"\0")
    return digest.hexdigest()


def ready_fault(port: int) -> str | None:
    """None if /readyz on ``port`` answers 200, else what it answers."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=5):
            return None
    except urllib.error.HTTPError as refused:
        return refused.read().decode(errors="replace")
    except OSError as error:
        return str(error)
