"""The notice's whole journey, as ``./dev demo NOTICE.TXT`` walks it, on a platform of its own."""

from __future__ import annotations

import io
from pathlib import Path

from rich.console import Console

from demo import __main__ as command
from demo.journey import PARTS, Outcome, walk
from deploy.local.platform import Platform
from tests.unit.card.notice_text import notice_text


def test_every_expectation_of_all_twelve_parts_is_met(platform: Platform, tmp_path: Path) -> None:
    notice = tmp_path / "notice.txt"
    notice.write_text(notice_text(), encoding="utf-8")
    shown = io.StringIO()
    outcomes = walk(platform.access(), notice, Console(file=shown, width=160))
    assert [failure for outcome in outcomes for failure in outcome.failures] == [], shown.getvalue()
    assert [outcome.title for outcome in outcomes] == [part.title for part in PARTS]
    assert len(outcomes) == 12
    assert all(outcome.passed for outcome in outcomes)


def test_the_command_ends_non_zero_and_names_the_part_if_an_expectation_fails(monkeypatch, capsys, tmp_path) -> None:
    access = tmp_path / "access.json"
    access.write_text("{}")
    outcomes = [Outcome("The first part", 3, [], 1.0), Outcome("The second part", 2, ["it is not so"], 1.0)]
    monkeypatch.setattr(command, "walk", lambda *_: outcomes)
    assert command.main(["--access", str(access)]) == 1
    assert "The second part: it is not so" in capsys.readouterr().out
    outcomes.pop()
    assert command.main(["--access", str(access)]) == 0
