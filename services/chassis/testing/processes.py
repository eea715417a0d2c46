"""Service and relay processes for tests: started for real, ready when /readyz says so, killable."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Self

REPOSITORY = Path(__file__).resolve().parents[3]


class NotReady(AssertionError):
    """A process did not become ready; the message ends with what it logged."""


def free_port() -> int:
    """A port that nobody listens on right now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Process:
    """``python -m module *arguments`` with an ops port."""

    def __init__(self, module: str, *arguments: str, environment: Mapping[str, str]) -> None:
        self.ops_port = free_port()
        self._command = [sys.executable, "-m", module, *arguments]
        # nobody is looked up by name, and eventlet's resolver is a quarter of what a service loads
        faster = {"EVENTLET_NO_GREENDNS": "yes", "ZHIYUAN_OPS_PORT": str(self.ops_port)}
        self._environment = {**os.environ, **environment, **faster}
        self._log = tempfile.TemporaryFile("w+")  # noqa: SIM115  # lives as long as the process
        self._process: subprocess.Popen[str] | None = None

    @contextmanager
    def started(self) -> Iterator[Self]:
        """Start, wait until ready, and stop at the end."""
        self.start()
        with self.already_started():
            yield self

    @contextmanager
    def already_started(self) -> Iterator[Self]:
        """Wait for a process that was started together with others; stop it at the end."""
        try:
            self.wait_until_ready()
            yield self
        finally:
            self.stop()
            self._log.close()

    def start(self) -> None:
        """Start, and do not wait."""
        self._process = subprocess.Popen(
            self._command,
            env=self._environment,
            cwd=REPOSITORY,
            stderr=self._log,
            stdout=self._log,
            text=True,
        )

    def stop(self, how: signal.Signals = signal.SIGTERM) -> int:
        """Send a signal and wait for the end; answers the exit code."""
        if self._process is None:
            return 0
        if self._process.poll() is None:
            self._process.send_signal(how)
        return self._process.wait(30)

    def kill(self) -> None:
        """End it as a power cut would."""
        self.stop(signal.SIGKILL)

    def ops(self, path: str) -> tuple[int, str]:
        """(status, body) of a page on the ops port; status 0 while nobody answers."""
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.ops_port}{path}", timeout=5) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as refused:
            return refused.code, refused.read().decode()
        except OSError:
            return 0, ""

    def wait_until_ready(self, seconds: float = 40) -> None:
        """Return when /readyz answers 200; raises :class:`NotReady`."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if self._process is None or self._process.poll() is not None:
                break
            if self.ops("/readyz")[0] == 200:
                return
            pause()
        raise NotReady(f"{' '.join(self._command)}: {self.ops('/readyz')}\n{self.log()[-3000:]}")

    @property
    def running(self) -> bool:
        """Whether it was started and has not ended."""
        return self._process is not None and self._process.poll() is None

    def metric(self, name: str, **labels: str) -> float:
        """The sum of a metric's samples that carry ``labels``; 0 if there are none."""
        return sum_of_samples(self.ops("/metrics")[1], name, labels)

    def log(self) -> str:
        """Everything it has written so far."""
        self._log.seek(0)
        return self._log.read()

    def log_lines(self, event: str) -> list[dict[str, Any]]:
        """The structured lines with this event name."""
        lines = [json.loads(line) for line in self.log().splitlines() if line.startswith("{")]
        return [line for line in lines if line.get("event") == event]


def sum_of_samples(exposition: str, name: str, labels: Mapping[str, str]) -> float:
    """The sum of the samples called ``name`` that carry ``labels`` in a /metrics page."""
    total = 0.0
    for line in exposition.splitlines():
        sample, _, value = line.rpartition(" ")
        if sample.partition("{")[0] == name and all(f'{k}="{v}"' in sample for k, v in labels.items()):
            total += float(value)
    return total


def pause() -> None:
    """The interval at which tests look again for something they wait for."""
    time.sleep(0.05)


def eventually(check: Any, *, seconds: float = 20, message: str = "") -> Any:
    """The first truthy answer of ``check()``; fails with the last answer after ``seconds``."""
    deadline = time.monotonic() + seconds
    answer = check()
    while not answer:
        assert time.monotonic() < deadline, message or f"still {answer!r} after {seconds} s"
        pause()
        answer = check()
    return answer
