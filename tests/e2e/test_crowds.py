"""Crowds that enroll at once on the whole platform, over HTTP; ``./dev bench enroll`` is the same, larger."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest

from demo.check import at_once
from demo.world import Organization, World
from deploy.local.platform import Platform
from tests.live import GUANGZHOU, active_volunteers, team
from tests.load.enroll_bench import Rush

VOLUNTEERS, PLACES, SHIFTS, CLIENTS = 60, 10, 5, 16


@pytest.fixture(scope="module")
def home(world: World) -> Organization:
    """Where the crowd belongs."""
    return team(world, "春运志愿服务队")


@pytest.fixture(scope="module")
def rush(platform: Platform, world: World, home: Organization) -> Rush:
    """The crowd, signed in."""
    people = active_volunteers(world, home, VOLUNTEERS)
    return Rush(platform.base_url, CLIENTS, at_once(lambda volunteer: volunteer.client.access_token(), people))


def published(world: World, home: Organization, days: int, capacities: Sequence[int]) -> dict[str, Any]:
    """A public activity in some days whose shifts of two hours start an hour after each other."""
    starts = [world.clock.now() + timedelta(days=days, hours=number) for number, _ in enumerate(capacities)]
    draft = home.owner.post(
        "/activities",
        organization_id=home.id,
        title=f"春运车站引导志愿服务（{world.invented.number}）",
        category="community",
        description="在进站口引导旅客，帮助提行李。",
        region=GUANGZHOU,
        address="广州市天河区林和中路车站广场一号",
        enroll_by=starts[0].isoformat(),
        contact="春运志愿服务队 020-00000000",
        approval="instant",
        shifts=[
            {
                "starts_at": start.isoformat(),
                "ends_at": (start + timedelta(hours=2)).isoformat(),
                "capacity": capacity,
            }
            for start, capacity in zip(starts, capacities, strict=True)
        ],
    )
    return dict(home.owner.post(f"/activities/{draft['activity_id']}/publication"))


def accepted(home: Organization, activity: dict[str, Any]) -> list[int]:
    """How many have a place in each shift, as everybody sees it."""
    return [shift["accepted"] for shift in home.owner.get(f"/activities/{activity['activity_id']}")["shifts"]]


def test_as_many_get_a_place_as_there_are_and_every_other_stands_in_line_once(
    world: World, home: Organization, rush: Rush
) -> None:
    activity = published(world, home, 3, [PLACES])
    figures = rush.for_one_shift(activity, PLACES)
    assert figures["broken"] == []
    assert accepted(home, activity) == [PLACES]
    lines = list(home.owner.pages(f"/activities/{activity['activity_id']}/enrollments", status="waitlisted"))
    assert [each["position"] for each in lines] == list(range(1, VOLUNTEERS - PLACES + 1))


def test_the_last_place_of_every_shift_is_given_once_and_nobody_is_in_two_places(
    world: World, home: Organization, rush: Rush
) -> None:
    activity = published(world, home, 5, [1] * SHIFTS)
    figures = rush.for_last_places(activity, VOLUNTEERS)
    assert figures["broken"] == []
    assert accepted(home, activity) == [1] * SHIFTS
