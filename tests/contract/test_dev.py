"""``./dev``: its help names its commands, its locks pin everything, and CI runs what the README says."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest

from deploy.local import cli
from deploy.local.layout import ROOT

_PIN = re.compile(r"^([A-Za-z0-9._-]+)==(\S+)", re.MULTILINE)


def pins(lock: str) -> dict[str, str]:
    """Version by package of requirements/<lock>.txt."""
    return dict(_PIN.findall((ROOT / "requirements" / f"{lock}.txt").read_text()))


def asked_for(name: str) -> set[str]:
    """The packages that requirements/<name>.in names."""
    lines = (ROOT / "requirements" / f"{name}.in").read_text().splitlines()
    names = [re.split(r"[\[<>=!~ ;]", line)[0] for line in lines if line and not line.startswith(("#", "-"))]
    return {re.sub(r"[-_.]+", "-", name).lower() for name in names}


def test_the_help_names_every_command_and_no_other() -> None:
    assert cli.__doc__ is not None
    documented = set(re.findall(r"^([a-z]+(?:-[a-z]+)*)\b", cli.__doc__.split("\n\n", 1)[1], re.MULTILINE))
    assert documented == set(cli.COMMANDS)


def test_an_unknown_command_is_answered_with_the_help(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["fly"]) == 2
    assert "down [--wipe]" in capsys.readouterr().err


@pytest.mark.parametrize("name", ["runtime", "dev"])
def test_a_lock_pins_what_is_asked_for_with_hashes_and_names_no_address(name: str) -> None:
    text = (ROOT / "requirements" / f"{name}.txt").read_text()
    assert asked_for(name) - set(pins(name)) == set()
    assert "://" not in text
    packages = re.split(r"\n(?=[a-z])", text.strip())
    assert [package for package in packages if "--hash=sha256:" not in package] == []


def test_tests_run_on_the_versions_that_production_runs_on() -> None:
    assert pins("runtime").items() <= pins("dev").items()


def test_the_script_itself_needs_nothing_but_the_standard_library() -> None:
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", "import runpy; runpy.run_path('dev', run_name='dev')"],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr


def test_ci_runs_the_test_command_and_nothing_else() -> None:
    lines = (ROOT / ".ci/run").read_text().splitlines()
    assert lines[-1] == "exec ./dev test"
