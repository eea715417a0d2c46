"""supervisord, as it is used here: one configuration file, one private socket, restarts of whatever ends.

Why supervisord: a killed process must come back, the broker and the database included (honcho ends everything when one
part ends), on a machine whose init is nobody's business (systemd user units need a login session, which a container
and CI lack).
"""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import time
import xmlrpc.client
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from supervisor.xmlrpc import SupervisorTransport

from deploy.local import strays
from deploy.local.layout import ROOT, Layout

# In the order in which they are stopped: nothing may lose what it stands on.
SERVERS = ("rabbitmq", "epmd", "postgres")


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
        self._socket.unlink(missing_ok=True)
        # What the caller has set for the whole platform (an administrator's URL) is not for each of its processes.
        environment = {name: value for name, value in os.environ.items() if not name.startswith("ZHIYUAN_")}
        subprocess.run(
            [sys.executable, "-m", "supervisor.supervisord", "-c", str(self._file)],
            check=True,
            cwd=ROOT,
            # here nobody is looked up by name, and eventlet's resolver is a quarter of what a service loads
            env={**environment, "EVENTLET_NO_GREENDNS": "yes", strays.MARK: str(self._layout.run)},
            timeout=30,
        )

    def start_process(self, name: str) -> None:
        """Start a program unless it is running, or about to be; does not wait."""
        if self.state(name) not in {"RUNNING", "STARTING", "BACKOFF"}:
            self.api.startProcess(name, False)

    def restart_process(self, name: str) -> None:
        """Stop a program politely and start it again; raises ``KeyError`` for a name that is none."""
        if name not in {process["name"] for process in self.processes()}:
            raise KeyError(name)
        self._stop([name])
        self.api.startProcess(name, False)

    def state(self, name: str) -> str:
        """supervisord's word for what a program does."""
        return str(self.api.getProcessInfo(name)["statename"])

    def refuses_to_start(self, name: str) -> bool:
        """Whether a program ended by itself, saying that it was given wrong settings (exit status 2)."""
        process = self.api.getProcessInfo(name)
        return process["statename"] in {"BACKOFF", "FATAL", "EXITED"} and process["exitstatus"] == 2

    def processes(self) -> list[dict[str, Any]]:
        """Everything supervised: name, statename, pid, description."""
        return list(self.api.getAllProcessInfo())

    def pid(self, name: str) -> int:
        """The process id of a running program."""
        return int(self.api.getProcessInfo(name)["pid"])

    def shut_down(self) -> None:
        """Stop the platform's processes, then the servers they stand on, then itself."""
        names = [process["name"] for process in self.processes()]
        self._stop([name for name in names if name not in SERVERS])
        for name in SERVERS:
            if name in names:
                self._stop([name])
        pid = int(self.api.getPID())
        self.api.shutdown()
        _wait_for_end(pid)

    def _stop(self, names: list[str]) -> None:
        """Stop several at the same time, and wait for the last."""
        for name in names:
            with contextlib.suppress(xmlrpc.client.Fault):  # it was not running
                self.api.stopProcess(name, False)
        while any(p["name"] in names and p["statename"] == "STOPPING" for p in self.processes()):
            time.sleep(0.1)


def program(
    name: str,
    command: list[str],
    environment: Mapping[str, str],
    *,
    log: Path,
    user: str | None = None,
    autostart: bool = False,
    stop_signal: str = "TERM",
    priority: int = 999,
) -> str:
    """A ``[program:…]`` section: restarted whenever it ends, stopped with its whole process group."""
    lines = {
        "command": " ".join(_quoted(part) for part in command),
        "directory": str(ROOT) if user is None else "/",
        "environment": ",".join(f"{key}={_quoted(value)}" for key, value in environment.items()),
        "autostart": str(autostart).lower(),
        "priority": str(priority),
        "autorestart": "true",
        "startsecs": "1",
        "startretries": "1000000",  # a second longer between any two of them; it never gives up
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
