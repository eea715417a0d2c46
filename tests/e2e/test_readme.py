"""The README's ten lines work when pasted, and its commands exist."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

from deploy.local.cli import COMMANDS
from deploy.local.layout import ROOT
from deploy.local.platform import Platform

README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_the_ten_lines_work_when_pasted(platform: Platform, tmp_path: Path) -> None:
    journey = README.partition("## The journey in ten lines")[2]
    definitions, lines = re.findall(r"```sh\n(.*?)```", journey, re.DOTALL)[:2]
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", definitions + lines],
        env={**os.environ, "ZHIYUAN_ACCESS": str(platform.layout.access)},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=120,
    )

    assert done.returncode == 0, done.stdout + done.stderr
    assert "/errors/" not in done.stdout
    assert "您已被录用参加“江边清洁行动”" in done.stdout
    assert (tmp_path / "sign-in.png").read_bytes().startswith(b"\x89PNG")


def test_every_command_that_the_readme_names_exists() -> None:
    named = set(re.findall(r"`\./dev ([\w-]+)", README)) | set(re.findall(r"^\./dev ([\w-]+)", README, re.MULTILINE))
    assert named <= set(COMMANDS)
