"""Every relative link in every page of the repository leads to something."""

from __future__ import annotations

import re
import subprocess

import pytest

from deploy.local.layout import ROOT

TRACKED = subprocess.run(["git", "ls-files", "*.md"], cwd=ROOT, capture_output=True, text=True, check=True)


@pytest.mark.parametrize("page", TRACKED.stdout.split())
def test_every_relative_link_leads_somewhere(page: str) -> None:
    targets = re.findall(r"\]\((?!\w+:)([^)#\s]+)", (ROOT / page).read_text(encoding="utf-8"))
    assert [target for target in targets if not ((ROOT / page).parent / target).exists()] == []
