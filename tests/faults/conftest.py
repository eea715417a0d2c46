"""A crowd of volunteers and a team, ready to be in the middle of something when a process dies."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count

import pytest

from demo.world import Organization, Volunteer, World
from deploy.local.platform import Platform
from tests.live import active_volunteers, living, team

CROWD = 16


@dataclass(frozen=True)
class Crowd:
    """Who works while something dies."""

    world: World
    team: Organization
    volunteers: list[Volunteer]
    days: Iterator[int] = field(default_factory=lambda: count(2))  # from now; one for each activity: nobody overlaps


@pytest.fixture(scope="package")
def crowd(platform: Platform) -> Iterator[Crowd]:
    """One crowd for all fault tests; each test has activities of its own."""
    with living(platform) as world:
        organization = team(world, "风雨志愿服务队")
        yield Crowd(world, organization, active_volunteers(world, organization, CROWD))
