"""The test command's own broker and database: started for the run, gone after it, beside any running platform."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import IO

from deploy.local import packages
from deploy.local.layout import ROOT
from deploy.local.platform import Platform
from deploy.local.topology import BANKS, PARTNER_VHOST, SERVICES_VHOST

AMQP_URL = "ZHIYUAN_TEST_AMQP_URL"
DATABASE_URL = "ZHIYUAN_TEST_DATABASE_URL"
BANK_AMQP_URLS = "ZHIYUAN_TEST_BANK_AMQP_URLS"

# What `up` would use instead of servers of its own; a test never does.
_PLATFORM_URLS = ("ZHIYUAN_AMQP_URL", "ZHIYUAN_PARTNER_AMQP_URL", "ZHIYUAN_DATABASE_URL")


@contextmanager
def scratch_platform() -> Iterator[Platform]:
    """A platform that is not started yet, in a folder of its own; whatever was started is stopped at the end."""
    folder = Path(tempfile.mkdtemp(prefix="zhiyuan-test-", dir="/var/tmp"))
    folder.chmod(0o755)
    outside = {name: os.environ.pop(name, None) for name in _PLATFORM_URLS}
    try:
        platform = Platform(folder / "run", durable=False, report=lambda _line: None)
        try:
            yield platform
        finally:
            platform.down()
            platform.wipe()
    finally:
        os.environ.update({name: value for name, value in outside.items() if value is not None})
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def test_servers() -> Iterator[dict[str, str]]:
    """A broker and a database for service tests; the variables that tell where."""
    with scratch_platform() as platform:
        platform.servers_only()
        yield {
            AMQP_URL: platform.broker.url("test-admin", SERVICES_VHOST),
            DATABASE_URL: platform.postgres.admin_url(),
            BANK_AMQP_URLS: json.dumps({bank: platform.broker.url(f"bank-{bank}", PARTNER_VHOST) for bank in BANKS}),
        }


test_servers.__test__ = False  # type: ignore[attr-defined]  # pytest collects by name


_APART = tuple(f"tests/service/{area}" for area in ("activity", "attendance", "chassis", "deploy", "gateway"))
PARTS = (
    (
        "tests/unit",
        "tests/contract",
        "tests/service",
        *(f"--ignore={folder}" for folder in _APART),
    ),
    _APART,
    ("tests/e2e", "tests/faults"),
)
_PATIENCE = 5
"""By how much everything else stands back (nice) for the last part, which takes longest since it waits the most."""


def run_tests(arguments: list[str]) -> int:
    """pytest, which starts servers of its own where a test asks for them; answers its exit code."""
    packages.ensure_for_tests()
    with _running("pytest", *arguments) as process:
        return process.wait()


def run_everything() -> int:
    """Style, types and contracts beside every test; answers the exit code of the first of them that failed.

    What the first part of the tests says is seen at once, what the others say when they have ended.
    """
    packages.ensure_for_tests()
    with ExitStack() as running:
        written = [running.enter_context(tempfile.TemporaryFile("w+")) for _ in range(len(PARTS))]
        processes = [running.enter_context(_running("deploy.local", "lint", output=written[0], patience=_PATIENCE))]
        for part, output in zip(PARTS, (None, *written[1:]), strict=True):
            patience = 0 if part is PARTS[-1] else _PATIENCE
            processes.append(running.enter_context(_running("pytest", *part, output=output, patience=patience)))
        codes = [process.wait() for process in processes]
        for output in written:
            output.seek(0)
            print(output.read(), flush=True)
    return next((code for code in codes if code != 0), 0)


@contextmanager
def _running(
    module: str, *arguments: str, output: IO[str] | None = None, patience: int = 0
) -> Iterator[subprocess.Popen[bytes]]:
    """``python -m module``, interrupted if whoever waits for it is."""
    command = ["nice", "-n", str(patience), sys.executable, "-m", module, *arguments]
    process = subprocess.Popen(command, cwd=ROOT, stdout=output, stderr=output)
    try:
        yield process
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGINT)
            process.wait()
