"""The running platform's world for e2e tests."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from demo.world import World
from deploy.local.platform import Platform
from tests.live import living


@pytest.fixture(scope="module")
def world(platform: Platform) -> Iterator[World]:
    """The platform from outside, with invented people."""
    with living(platform) as world:
        yield world
