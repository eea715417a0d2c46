"""``./dev lock``: from what is asked for (requirements/*.in) to what is installed (requirements/*.txt).

Why this module exists: a lock carries versions and hashes for every platform, and no download address, so that it is
the same wherever it was made. The resolver is no part of the platform: it runs from an environment of its own.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from deploy.local.layout import ROOT

RESOLVER = "uv==0.13.9"
LOCKS = ("runtime", "dev")


class LockProblem(Exception):
    """The resolver failed; the message is what it said."""


def write(*, upgrade: bool) -> None:
    """Write both locks. Without ``upgrade``, versions that still fit are kept."""
    with tempfile.TemporaryDirectory(prefix="zhiyuan-lock-") as folder:
        _run(sys.executable, "-m", "venv", folder)
        _run(f"{folder}/bin/pip", "install", "--quiet", RESOLVER)
        for name in LOCKS:
            _run(
                f"{folder}/bin/uv", "pip", "compile", f"requirements/{name}.in", "-o", f"requirements/{name}.txt",
                "--generate-hashes", "--no-header", "--no-annotate", "--no-emit-index-url", "--python-version", "3.11",
                "--quiet", *(["--upgrade"] if upgrade else []),
            )  # fmt: skip
            _refuse_addresses(ROOT / "requirements" / f"{name}.txt")


def _run(*command: str) -> None:
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, env=dict(os.environ))
    if done.returncode != 0:
        raise LockProblem(f"{Path(command[0]).name} failed:\n{(done.stderr or done.stdout).strip()}")


def _refuse_addresses(lock: Path) -> None:
    named = [line for line in lock.read_text().splitlines() if "://" in line or line.startswith("-")]
    if named:
        raise LockProblem(f"{lock.name} names addresses: {named}")
