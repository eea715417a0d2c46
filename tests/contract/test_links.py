"""Every relative link in every page of the repository leads to something."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from deploy.local.layout import ROOT

PAGES = [
    *ROOT.glob("*.md"),
    *(page for folder in ("docs", "services", "gateway", "deploy") for page in (ROOT / folder).rglob("*.md")),
]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_relative_link_leads_somewhere(page: Path) -> None:
    targets = re.findall(r"\]\((?!\w+:)([^)#\s]+)", page.read_text(encoding="utf-8"))
    assert [target for target in targets if not (page.parent / target).exists()] == []
