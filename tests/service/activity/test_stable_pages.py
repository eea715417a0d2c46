"""Whoever turns pages while others publish, edit and call off sees all that nobody touches, once and in order."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.activity.models import Listing
from services.activity.repository import search as searching_rows
from services.activity.schemas import search
from services.activity.use_cases import searching
from services.chassis.clock import SHANGHAI
from services.chassis.context import ANONYMOUS
from tests.service.activity.conftest import World

PLACE = {"latitude": 23.13, "longitude": 113.26}
# what is asked for, and how the list is ordered
LISTS: dict[str, dict[str, str]] = {
    "by start": {},
    "the newest first": {"sort": "newest"},
    "by distance": {"near": "23.13,113.26,300", "sort": "distance"},
    "words": {"q": "清洁"},
    "a month": {"from": "2026-03-02", "to": "2026-04-02"},
    "words in a year": {"q": "清洁", "from": "2026-03-02", "to": "2027-03-01"},
    "the newest in a year": {"q": "清洁", "from": "2026-03-02", "to": "2027-03-01", "sort": "newest"},
}
MEANWHILE = st.lists(
    st.tuples(st.sampled_from(["publish", "edit", "revoke", "advance"]), st.integers(0, 11), st.integers(1, 500)),
    max_size=3,
)
STEPS = st.sampled_from([0, 100])  # so few that everything is collected, or so many that a walk is enough


class Town:
    """Activities that stay as they are, with others between them that do not."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.untouched = [self.publish(hours=700 + 10 * (n // 2), north=0.01 * (n // 3)) for n in range(8)]
        self.touched = [self.publish(hours=695 + 9 * n, north=0.004 * n) for n in range(6)]

    def publish(self, *, hours: float, north: float) -> str:
        activity = self.world.published(
            title="环境清洁",
            shifts=[self.world.shift(starts=hours)],
            location={"latitude": PLACE["latitude"] + north, "longitude": PLACE["longitude"]},
        )
        self.world.clock.advance(seconds=1)
        return str(activity["activity_id"])

    def do(self, deed: str, which: int, much: int) -> None:
        if deed == "publish" or not self.touched:
            self.touched.append(self.publish(hours=690 + much / 5, north=much / 10_000))
        elif deed == "edit":
            location = {"latitude": PLACE["latitude"] + much / 10_000, "longitude": PLACE["longitude"]}
            shifts = [self.world.shift(starts=690 + much / 5)]
            enroll_by = shifts[0]["starts_at"]
            which %= len(self.touched)
            self.world.edit(self.touched[which], location=location, shifts=shifts, enroll_by=enroll_by)
        elif deed == "revoke":
            self.world.revoke(self.touched.pop(which % len(self.touched)))
        else:
            self.world.clock.advance(seconds=much)


def pages(town: Town, query: dict[str, str], limit: int, meanwhile: list[list[Any]]) -> list[str]:
    """Every id in the order in which it is seen; between two pages others do something."""
    seen: list[str] = []
    cursor: dict[str, str] = {}
    todo = iter(meanwhile)
    while True:
        with town.world.units.factory(ANONYMOUS).reading() as uow:
            request = search.SearchActivities().parse({"limit": str(limit), **query, **cursor})
            page = searching.search_activities(request, uow)
        seen += [item["activity_id"] for item in page["items"]]
        if page["next_cursor"] is None:
            return seen
        cursor = {"cursor": page["next_cursor"]}
        for deed, which, much in next(todo, []):
            town.do(deed, which, much)


def test_nothing_that_stays_as_it_is_comes_twice_or_never(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    town = Town(world)

    @settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(st.sampled_from(sorted(LISTS)), STEPS, st.integers(1, 4), st.lists(MEANWHILE, max_size=3))
    def turn_pages(name: str, steps: int, limit: int, meanwhile: list[list[Any]]) -> None:
        monkeypatch.setattr(searching_rows, "STEPS_A_ROW", steps)
        quiet = [each for each in pages(town, LISTS[name], 100, []) if each in town.untouched]
        seen = pages(town, LISTS[name], limit, meanwhile)
        assert [each for each in seen if each in town.untouched] == quiet
        assert set(quiet) == set(town.untouched)

    turn_pages()


def test_walking_and_collecting_find_the_same(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    town = Town(world)
    world.published(title="图书馆整理", shifts=[world.shift(starts=24 * 10, hours=24 * 40)])
    for days in (44, 46, 60, 90, 200, 300):  # what comes after the first stretch of a year, too
        town.publish(hours=24 * days, north=0.01)
    for query in LISTS.values():
        found = []
        for steps in (0, 100):
            monkeypatch.setattr(searching_rows, "STEPS_A_ROW", steps)
            found.append(pages(town, query, 3, []))
        assert found[0] == found[1]
        assert len(found[0]) >= len(town.untouched)


def test_a_year_is_looked_through_part_by_part_in_either_order(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(searching_rows, "STEPS_A_ROW", 0)
    town = Town(world)
    for days in (20, 200, 3, 240, 200, 170, 130, 100, 1, 3):  # some are published early and begin late
        world.clock.advance(hours=24 * 30)
        town.publish(hours=24 * days, north=0.01)
    with world.units.factory().reading() as uow:
        rows = list(
            uow.session.scalars(sa.select(Listing).where(Listing.starts_at < datetime(2027, 3, 2, tzinfo=SHANGHAI)))
        )
        by_start = [row.activity_id for row in sorted(rows, key=lambda row: (row.starts_at, row.activity_id))]
        newest = [row.activity_id for row in sorted(rows, key=lambda row: row.published_at, reverse=True)]

    a_year = {"q": "清洁", "from": "2026-03-02", "to": "2027-03-01"}
    for limit in (1, 3, 5):
        assert pages(town, a_year, limit, []) == by_start
        assert pages(town, {**a_year, "sort": "newest"}, limit, []) == newest


def test_what_has_ended_is_passed_over_on_a_later_page_too(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(searching_rows, "STEPS_A_ROW", 0)
    begun = [world.shift(starts=24 * day, hours=24 * days) for day, days in ((2, 20), (3, 1), (4, 20))]
    first, _ended, last = [world.published(title="环境清洁", shifts=[shift])["activity_id"] for shift in begun]
    world.clock.advance(hours=24 * 10)
    with world.units.factory().reading() as uow:
        query = search.SearchActivities().parse({"q": "清洁", "limit": "1"})
        page = searching.search_activities(query, uow)
        following = searching.search_activities(replace(query, cursor=page["next_cursor"]), uow)
    assert [item["activity_id"] for item in page["items"] + following["items"]] == [first, last]
