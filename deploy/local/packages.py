"""PostgreSQL, RabbitMQ and fonts from the distribution: found, or installed where allowed, or asked for by name.

Nothing of the system's own is started or touched: only the programs are used, on data of our own.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

RABBITMQ_SERVER = Path("/usr/lib/rabbitmq/bin/rabbitmq-server")

# The fonts of certificates of service, by the package that brings them (`gateway/settings.py`).
FONTS = {
    "fonts-dejavu-core": Path("/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf"),
    "fonts-droid-fallback": Path("/usr/share/fonts/truetype/droid/DroidSansFallbackFull.ttf"),
}

# A postinst script that must not start anything asks this file, as Debian's policy has it.
_POLICY = Path("/usr/sbin/policy-rc.d")


class Missing(Exception):
    """Something has to be installed by hand; the message is the command."""


def postgres_bin() -> Path | None:
    """The folder of the newest PostgreSQL server (15 or later), or None."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[4]))
    return found[-1].parent if found and int(found[-1].parts[4]) >= 15 else None


def ensure(*, broker: bool, database: bool, programs: Sequence[str] = ()) -> None:
    """The servers, the fonts and ``programs`` are installed afterwards; raises :class:`Missing` with what to type."""
    wanted = [program for program in programs if shutil.which(program) is None]
    wanted += [package for package, font in FONTS.items() if not font.exists()]
    if broker and not RABBITMQ_SERVER.exists():
        wanted.append("rabbitmq-server")
    if database and postgres_bin() is None:
        wanted.append("postgresql")
    if not wanted:
        return
    command = ["apt-get", "-qq", "install", "-y", "--no-install-recommends", *wanted]
    if os.geteuid() != 0 or shutil.which("apt-get") is None:
        raise Missing(f"as root: {' '.join(command)}   (or set ZHIYUAN_AMQP_URL and ZHIYUAN_DATABASE_URL)")
    print(f"dev: installing {', '.join(wanted)} (once)", file=sys.stderr, flush=True)
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    with _nothing_started():
        for step in (["apt-get", "-qq", "update"], command):
            done = subprocess.run(step, env=environment, stdin=subprocess.DEVNULL, stdout=sys.stderr)
            if done.returncode != 0:
                raise Missing(f"this failed (see above): {' '.join(step)}")


def ensure_for_tests() -> None:
    """What the test command needs: servers, and what the README's lines are pasted into; as :func:`ensure`."""
    ensure(broker=True, database=True, programs=["curl"])


class _nothing_started:  # noqa: N801  # reads as a sentence: with _nothing_started()
    """While packages are installed, their services are not started; no system database cluster is made."""

    def __enter__(self) -> None:
        self._ours = not _POLICY.exists()
        if self._ours:
            _POLICY.write_text("#!/bin/sh\nexit 101\n")
            _POLICY.chmod(0o755)
        common = Path("/etc/postgresql-common")
        common.mkdir(parents=True, exist_ok=True)
        settings = common / "createcluster.conf"
        if not settings.exists():
            settings.write_text("create_main_cluster = false\n")

    def __exit__(self, *_: object) -> None:
        if self._ours:
            _POLICY.unlink(missing_ok=True)


if __name__ == "__main__":  # by ./dev, beside the making of .venv
    try:
        ensure_for_tests()
    except Missing as missing:
        sys.exit(f"dev: {missing}")
