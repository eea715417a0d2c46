"""Where things lie below the run directory, and which ports they have.

``.run/`` holds everything a running platform writes: data, logs, secrets. Ports are chosen free at the first start and
then kept (``ports.json``), so that a process that is restarted is found again.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import pwd
import random
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


class Layout:
    """The paths and ports of one platform."""

    def __init__(self, run: Path) -> None:
        self.run = run.resolve()
        self.logs = self.run / "logs"
        self.secrets = self.run / "secrets.json"
        self.access = self.run / "access.json"
        self.clock = self.run / "clock"
        self.uploads = self.run / "uploads"
        self.partner = self.run / "partner"
        self.rabbitmq = self.run / "rabbitmq"
        self._ports = self.run / "ports.json"

    def make(self) -> None:
        """Create the folders."""
        for folder in (self.run, self.logs, self.uploads, self.partner, self.rabbitmq):
            folder.mkdir(parents=True, exist_ok=True)

    @contextmanager
    def locked(self) -> Iterator[None]:
        """One command at a time starts or stops what is here."""
        self.run.mkdir(parents=True, exist_ok=True)
        with (self.run / "lock").open("w") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                print("dev: waiting for another ./dev that starts or stops things here", file=sys.stderr, flush=True)
                fcntl.flock(file, fcntl.LOCK_EX)
            yield

    def port(self, name: str) -> int:
        """The port of ``name``: free when it was first asked for, the same ever after."""
        ports = self._kept_ports()
        if name not in ports:
            ports[name] = _free_port(set(ports.values()))
            self._ports.write_text(json.dumps(ports, indent=1))
        return ports[name]

    def give_up_taken_ports(self) -> list[str]:
        """Forget the ports that somebody else listens on by now; answers whose they were."""
        ports = self._kept_ports()
        taken = [name for name, port in ports.items() if not _is_free(port)]
        if taken:
            kept = {name: port for name, port in ports.items() if name not in taken}
            self._ports.write_text(json.dumps(kept, indent=1))
        return taken

    def _kept_ports(self) -> dict[str, int]:
        return json.loads(self._ports.read_text()) if self._ports.exists() else {}

    @property
    def supervisor_socket(self) -> Path:
        """A unix socket's path may have about a hundred characters, and a checkout's may be longer."""
        return Path("/tmp") / f"zhiyuan-{os.getuid()}-{self._fingerprint}.sock"

    @property
    def postgres(self) -> Path:
        """The cluster's folder. Its own user must be able to get there, which may not be so below /root."""
        inside = self.run / "postgres"
        owner = database_owner()
        if owner is None or _can_reach(owner, self.run):
            return inside
        return Path("/var/tmp") / f"zhiyuan-{self._fingerprint}" / "postgres"

    def wipe(self) -> None:
        """Remove all data."""
        data = self.postgres
        shutil.rmtree(data if data.parent == self.run else data.parent, ignore_errors=True)
        shutil.rmtree(self.run, ignore_errors=True)

    @property
    def _fingerprint(self) -> str:
        return hashlib.sha256(str(self.run).encode()).hexdigest()[:10]


def database_owner() -> str | None:
    """PostgreSQL refuses to run as root; then it runs as the distribution's ``postgres`` user."""
    if os.geteuid() != 0:
        return None
    return pwd.getpwnam("postgres").pw_name


def _can_reach(user: str, folder: Path) -> bool:
    done = subprocess.run(["runuser", "-u", user, "--", "test", "-x", str(folder)], capture_output=True)
    return done.returncode == 0


def _free_port(taken: set[int]) -> int:
    """A port below those that the kernel gives to outgoing connections: one of them might sit on ours at a restart."""
    while True:
        port = random.randrange(15_000, 32_000)
        if port not in taken and _is_free(port):
            return port


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # what lingers after a close is no owner
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True
