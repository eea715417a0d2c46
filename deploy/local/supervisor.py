"""supervisord, as it is used here: one configuration file, one private socket, restarts of whatever ends.

docs/adr/0003 says why it is supervisord: a killed process must come back, the broker and the database included.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
import xmlrpc.client
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from supervisor.xmlrpc import SupervisorTransport

from deploy.local.layout import ROOT, Layout


class Supervisor:
    """The supervisor of one run directory."""

    def __init__(self, layout: Layout) -> None:
        self._layout = layout
        self._socket = layout.supervisor_socket
        self._file = layout.run / "supervisord.conf"

    @property
    def api(self) -> Any:
        """supervisord's XML-RPC interface."""
        transport = SupervisorTransport(None, None, f"unix://{self._socket}")
        return xmlrpc.client.ServerProxy("http://127.0.0.1", transport).supervisor

    @property
    def alive(self) -> bool:
        """Whether it answers."""
        try:
            return bool(self.api.getState()["statecode"] == 1)
        except (OSError, xmlrpc.client.Error):
            return False

    def write(self, programs: list[str]) -> None:
        """Write the configuration; ``programs`` are sections made by :func:`program`."""
        head = (
            f"[unix_http_server]\nfile={self._socket}\nchmod=0600\n\n"
            f"[supervisord]\nlogfile={self._layout.logs / 'supervisord.log'}\n"
            f"pidfile={self._layout.run / 'supervisord.pid'}\n"
            f"childlogdir={self._layout.logs}\nloglevel=info\nminfds=4096\nsilent=true\n\n"
            "[rpcinterface:supervisor]\n"
            "supervisor.rpcinterface_factory = supervisor.rpcinterface:make_main_rpcinterface\n\n"
        )
        self._file.write_text(head + "\n".join(programs))
        self._file.chmod(0o600)

    def start(self) -> None:
        """Start supervisord in the background, or have a running one read the configuration again."""
        if self.alive:
            added, changed, removed = self.api.reloadConfig()[0]
            for name in (*changed, *removed):
                self.api.stopProcessGroup(name)
                self.api.removeProcessGroup(name)
            for name in (*added, *changed):
                self.api.addProcessGroup(name)
            return
        subprocess.run(
            [sys.executable, "-m", "supervisor.supervisord", "-c", str(self._file)],
            check=True,
            cwd=ROOT,
            timeout=30,
        )

    def start_process(self, name: str) -> None:
        """Start a program unless it is running; does not wait."""
        if self.state(name) not in {"RUNNING", "STARTING"}:
            self.api.startProcess(name, False)

    def state(self, name: str) -> str:
        """supervisord's word for what a program does."""
        return str(self.api.getProcessInfo(name)["statename"])

    def processes(self) -> list[dict[str, Any]]:
        """Everything supervised: name, statename, pid, description."""
        return list(self.api.getAllProcessInfo())

    def pid(self, name: str) -> int:
        """The process id of a running program."""
        return int(self.api.getProcessInfo(name)["pid"])

    def shut_down(self) -> None:
        """Stop the platform's processes, then the servers they stand on, then itself."""
        names = [process["name"] for process in self.processes()]
        servers = [name for name in names if name in {"rabbitmq", "postgres", "epmd"}]
        stopping = [name for name in names if name not in servers]
        for name in stopping:
            self._stop(name, wait=False)
        for name in stopping + sorted(servers, key=["rabbitmq", "postgres", "epmd"].index):
            self._stop(name, wait=True)
        pid = int(self.api.getPID())
        self.api.shutdown()
        _wait_for_end(pid)

    def _stop(self, name: str, *, wait: bool) -> None:
        try:
            self.api.stopProcess(name, wait)
        except xmlrpc.client.Fault:
            return  # it was not running


def program(
    name: str,
    command: list[str],
    environment: Mapping[str, str],
    *,
    log: Path,
    user: str | None = None,
    autostart: bool = False,
    stop_signal: str = "TERM",
) -> str:
    """A ``[program:…]`` section: restarted whenever it ends, stopped with its whole process group."""
    lines = {
        "command": " ".join(_quoted(part) for part in command),
        "directory": str(ROOT) if user is None else "/",
        "environment": ",".join(f"{key}={_quoted(value)}" for key, value in environment.items()),
        "autostart": str(autostart).lower(),
        "autorestart": "true",
        "startsecs": "1",
        "startretries": "1000",
        "stopsignal": stop_signal,
        "stopwaitsecs": "25",
        "stopasgroup": "false",
        "killasgroup": "true",
        "redirect_stderr": "true",
        "stdout_logfile": str(log),
        "stdout_logfile_maxbytes": "20MB",
        "stdout_logfile_backups": "1",
    }
    if user is not None:
        lines["user"] = user
    body = "".join(f"{key}={value}\n" for key, value in lines.items())
    return f"[program:{name}]\n{body}"


def _quoted(text: str) -> str:
    """As supervisord's configuration reads it: shell words, in which a percent sign stands doubled."""
    if "'" in text:
        raise ValueError("supervisord's configuration cannot hold a single quote")
    return "'" + text.replace("%", "%%") + "'"


def _wait_for_end(pid: int) -> None:

    for _ in range(300):
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return
        time.sleep(0.1)
