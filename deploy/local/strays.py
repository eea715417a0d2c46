"""Processes of a run directory that nobody supervises any more: found, and ended.

Why this module exists: a supervisor that is killed leaves its children behind, and a killed database server its own.
They hold ports and files that the next start needs. Every process that is started here carries the run directory's name
in its environment, and so do all that come from it; PostgreSQL's overwrite theirs, but work in their data directory.
"""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

MARK = "ZHIYUAN_RUN_DIRECTORY"


def strays(run: Path, postgres_data: Path) -> list[int]:
    """Process ids of everything that was started for ``run``. Call it when no supervisor should be there."""
    mark = f"\0{MARK}={run}\0".encode()
    found = []
    for folder in _process_folders():
        try:
            environment = b"\0" + (folder / "environ").read_bytes()
            ours = mark in environment or _serves(folder, postgres_data)
        except OSError:  # it has just ended, or is another user's
            continue
        if ours:
            found.append(int(folder.name))
    return found


def end_strays(run: Path, postgres_data: Path, *, grace: float = 15) -> int:
    """End them, politely for ``grace`` seconds; answers how many there were."""
    found = strays(run, postgres_data)
    for how, seconds in ((signal.SIGTERM, grace), (signal.SIGKILL, 10.0)):
        for pid in strays(run, postgres_data):
            _send(pid, how)
        deadline = time.monotonic() + seconds
        while strays(run, postgres_data) and time.monotonic() < deadline:
            time.sleep(0.1)
    return len(found)


def _process_folders() -> Iterator[Path]:
    return (folder for folder in Path("/proc").iterdir() if folder.name.isdigit())


def _serves(folder: Path, data: Path) -> bool:
    return (folder / "comm").read_text().strip() == "postgres" and os.readlink(folder / "cwd") == str(data)


def _send(pid: int, how: signal.Signals) -> None:
    try:
        os.kill(pid, how)
    except ProcessLookupError:
        return  # it ended by itself
