"""docs/where-things-are.md leads somewhere: every file it names exists, beside or above the one named before it.

And docs/architecture.md, the one page to read first, names every module of the chassis.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from deploy.local.layout import ROOT

PAGE = (ROOT / "docs/where-things-are.md").read_text(encoding="utf-8")
ROWS = [line for line in PAGE.splitlines() if line.startswith("| ") and "`" in line]


def resolved(name: str, before: Path) -> Path | None:
    """``reviews.py`` after ``services/x/use_cases/a.py``: beside it, or in the service's own folder."""
    for folder in (ROOT, before.parent, before.parent.parent, *before.parents):
        if (folder / name).exists():
            return folder / name
    return None


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.split("|")[1].strip())
def test_every_file_in_a_row_exists(row: str) -> None:
    before = ROOT / "services"
    for name in re.findall(r"`([\w./]+(?:\.py|\.md|\.csv|/))`", row):
        found = resolved(name, before)
        assert found is not None, f"{name} is not there"
        before = found if found.is_file() else found / "."


def test_every_point_of_the_operating_guide_has_a_row() -> None:
    points = [*(f"二.{n}" for n in range(1, 9)), *(f"三.{n}" for n in range(1, 10))]
    assert [point for point in points if not re.search(rf"^\| [^|]*{re.escape(point)}\b", PAGE, re.MULTILINE)] == []


def test_the_page_to_read_first_names_every_module_of_the_chassis() -> None:
    house = (ROOT / "docs/architecture.md").read_text(encoding="utf-8").partition("## The house")[2]
    modules = {path.stem for path in (ROOT / "services/chassis").iterdir() if not path.name.startswith("__")}
    assert {module for module in modules if f"`{module}`" not in house} == set()
