"""How a ring of keys moves from one key to the next."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from deploy.local import cli, keys
from deploy.local.layout import Layout


@pytest.fixture
def layout(tmp_path: Path) -> Layout:
    """A run directory with one ring."""
    layout = Layout(tmp_path)
    layout.secrets.write_text(json.dumps({"field_keys": "field-1:AAAA", "other": "stays"}))
    return layout


def kids(layout: Layout) -> list[str]:
    return [keys.kid_of(part) for part in keys.parts_of(layout, "field_keys")]


def test_a_new_key_is_known_before_it_is_used_and_the_old_one_goes_last(layout: Layout) -> None:
    assert keys.add(layout, "field_keys") == "field-2"
    assert kids(layout) == ["field-1", "field-2"]
    keys.promote(layout, "field_keys")
    assert kids(layout) == ["field-2", "field-1"]
    assert keys.old_ones(layout, "field_keys") == ["field-1"]
    assert keys.drop(layout, "field_keys") == ["field-1"]
    assert keys.old_ones(layout, "field_keys") == []
    assert kids(layout) == ["field-2"]
    assert json.loads(layout.secrets.read_text())["other"] == "stays"


@dataclass
class Running:
    """A platform whose jobs end as a test says; what was asked of them is remembered."""

    layout: Layout
    needed: dict[str, int]
    asked: list[tuple[str, list[str]]] = field(default_factory=list)
    restarts: int = 0

    def services_with(self, _ring: str) -> list[str]:
        return ["identity", "notify"]

    def apply_settings(self) -> None:
        self.restarts += 1

    def job(self, _service: str, module: str, arguments: list[str]) -> int:
        name = module.rpartition(".")[2]
        self.asked.append((name, arguments))
        return self.needed.get(name, 0)


@pytest.mark.parametrize("needed_by", ["nothing", "rotation", "sealed_events"])
def test_an_old_key_is_dropped_only_when_neither_a_row_nor_an_event_needs_it(
    layout: Layout, needed_by: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    keys.add(layout, "field_keys")
    keys.promote(layout, "field_keys")
    running = Running(layout, {needed_by: 1})
    monkeypatch.setattr(cli, "_running", lambda: running)
    monkeypatch.setattr(cli, "_job", running.job)
    ended = cli.change_keys(["drop", "field_keys"])
    if needed_by == "nothing":
        assert (ended, kids(layout), running.restarts) == (0, ["field-2"], 1)
        assert ("sealed_events", ["notify", "field-1"]) in running.asked
    else:
        assert (ended, kids(layout), running.restarts) == (1, ["field-2", "field-1"], 0)
        assert "an old key" in capsys.readouterr().err


def test_a_change_that_was_cut_off_is_taken_up_with_the_same_key(layout: Layout) -> None:
    keys.add(layout, "field_keys")
    before = keys.parts_of(layout, "field_keys")
    assert keys.add(layout, "field_keys") == "field-2"
    assert keys.parts_of(layout, "field_keys") == before
    keys.promote(layout, "field_keys")
    keys.add(layout, "field_keys")
    keys.promote(layout, "field_keys")
    assert kids(layout) == ["field-2", "field-1"]
