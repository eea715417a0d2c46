"""Two who work side by side both take the next number; where both are kept, a database gets one of the two."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from deploy.local.topology import SERVICES

_REVISION, _BEFORE = (
    re.compile(rf'^{name} = (?:"(\w+)"|None)$', re.MULTILINE) for name in ("revision", "down_revision")
)


def named(pattern: re.Pattern[str], text: str) -> str | None:
    found = pattern.search(text)
    assert found is not None
    return found[1]


@pytest.mark.parametrize("service", SERVICES)
def test_each_migration_has_a_number_of_its_own_and_comes_after_the_one_before(service: str) -> None:
    files = sorted(Path("services", service, "migrations", "versions").glob("[0-9]*.py"))
    texts = [file.read_text(encoding="utf-8") for file in files]
    numbers = [named(_REVISION, text) for text in texts]
    assert numbers == [file.name.partition("_")[0] for file in files]
    assert len(set(numbers)) == len(numbers)
    assert [named(_BEFORE, text) for text in texts] == [None, *numbers[:-1]]
