"""The running platform's world for e2e tests."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from demo.world import World
from deploy.local.platform import Platform
from tests.live import living


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The README's lines come first: they are written for a fresh platform, and all the others find one in use."""
    items.sort(key=lambda item: item.path.name != "test_readme.py")


@pytest.fixture(scope="module")
def world(platform: Platform) -> Iterator[World]:
    """The platform from outside, with invented people."""
    with living(platform) as world:
        yield world
