"""Where things lie below the run directory, and which ports they have.

``.run/`` holds everything a running platform writes: data, logs, secrets, sockets. Ports are chosen free at the first
start and then kept (``ports.json``), so that a process that is restarted is found again.
"""

from __future__ import annotations

import hashlib
import json
import os
import pwd
import shutil
import socket
import subprocess
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

    def port(self, name: str) -> int:
        """The port of ``name``: free when it was first asked for, the same ever after."""
        ports = json.loads(self._ports.read_text()) if self._ports.exists() else {}
        if name not in ports:
            ports[name] = _free_port(set(ports.values()))
            self._ports.write_text(json.dumps(ports, indent=1))
        return int(ports[name])

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
        shutil.rmtree(self.postgres, ignore_errors=True)
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
    while True:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = int(probe.getsockname()[1])
        if port not in taken:
            return port
