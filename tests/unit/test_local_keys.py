"""How a ring of keys moves from one key to the next."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from deploy.local import keys
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
    assert keys.drop(layout, "field_keys") == ["field-1"]
    assert kids(layout) == ["field-2"]
    assert json.loads(layout.secrets.read_text())["other"] == "stays"


def test_a_change_that_was_cut_off_is_taken_up_with_the_same_key(layout: Layout) -> None:
    keys.add(layout, "field_keys")
    before = keys.parts_of(layout, "field_keys")
    assert keys.add(layout, "field_keys") == "field-2"
    assert keys.parts_of(layout, "field_keys") == before
    keys.promote(layout, "field_keys")
    keys.add(layout, "field_keys")
    keys.promote(layout, "field_keys")
    assert kids(layout) == ["field-2", "field-1"]
