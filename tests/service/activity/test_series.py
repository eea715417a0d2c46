"""Activities that come again: made by one rule, changed one by one or together."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from services.activity.schemas import series as requests
from services.activity.use_cases import series
from services.chassis.clock import SHANGHAI
from services.chassis.context import ANONYMOUS, Caller
from services.chassis.errors import Forbidden, IllegalTransition, Invalid
from tests.service.activity.conftest import World

WEEKLY = {"rule": "FREQ=WEEKLY;COUNT=4"}


def occurrences(world: World, activity: dict[str, Any], caller: Caller | None = None) -> list[dict[str, Any]]:
    """The activities of a series, as its organizer or somebody else sees them."""
    query = requests.ListOccurrences().parse({"activity_id": activity["activity_id"], "limit": 100})
    with world.units(caller or world.administrator(world.team)) as uow:
        return list(series.list_occurrences(query, uow)["items"])


def weekly(world: World, **changes: Any) -> list[dict[str, Any]]:
    """Four drafts, a week apart."""
    return occurrences(world, world.draft(repeat=WEEKLY, **changes))


def public(world: World, **changes: Any) -> list[dict[str, Any]]:
    """Four published activities, a week apart."""
    first, *_ = weekly(world, **changes)
    world.publish(first["activity_id"], scope="all")
    return occurrences(world, first)


def of(activities: list[dict[str, Any]], name: str) -> list[Any]:
    return [activity[name] for activity in activities]


def starts(activities: list[dict[str, Any]]) -> list[str]:
    """Local day and time of each first shift."""
    return [f"{each['shifts'][0]['starts_at'].astimezone(SHANGHAI):%m-%d %H:%M}" for each in activities]


def fields_of(refusal: pytest.ExceptionInfo[Invalid]) -> set[str]:
    return {f"{error.field}:{error.code}" for error in refusal.value.errors}


def test_each_day_is_an_activity_of_its_own_at_the_same_time_of_day(world: World) -> None:
    made = weekly(world, shifts=[world.shift(starts=48), world.shift(starts=72, role="引导")])
    first = made[0]
    assert of(made, "status") == ["draft"] * 4
    assert len({shift["shift_id"] for each in made for shift in each["shifts"]}) == 8
    for week, each in enumerate(made):
        by = timedelta(weeks=week)
        assert each["series"] == {**first["series"], "occurs_on": first["series"]["occurs_on"] + by}
        assert each["enroll_by"] == first["enroll_by"] + by
        assert of(each["shifts"], "starts_at") == [shift["starts_at"] + by for shift in first["shifts"]]
        assert of(each["shifts"], "role") == [None, "引导"]


def test_days_may_be_left_out(world: World) -> None:
    without = {**WEEKLY, "except": [(date(2026, 3, 4) + timedelta(weeks=2)).isoformat()]}
    made = occurrences(world, world.draft(repeat=without))
    assert starts(made) == ["03-04 10:00", "03-11 10:00", "03-25 10:00"]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"shifts": [], "repeat": WEEKLY}, {"shifts:required"}),
        ({"repeat": {"rule": "FREQ=WEEKLY"}}, {"repeat.rule:endless"}),
        ({"repeat": {"rule": "FREQ=WEEKLY;BYDAY=SU;COUNT=3"}}, {"repeat.rule:not_its_first_day"}),
    ],
)
def test_what_cannot_come_again_is_not_drafted_at_all(
    world: World, changes: dict[str, Any], expected: set[str]
) -> None:
    with pytest.raises(Invalid) as refusal:
        world.draft(**changes)
    assert fields_of(refusal) == expected


def test_an_activity_that_comes_once_belongs_to_no_series(world: World) -> None:
    once = world.draft()
    assert once["series"] is None
    assert occurrences(world, once) == []
    edited = world.edit(once["activity_id"], title="只此一次的活动", scope="all")
    assert edited["title"] == "只此一次的活动"


def test_a_stranger_sees_those_that_are_public(world: World) -> None:
    first, second, *_ = weekly(world)
    world.publish(first["activity_id"])
    world.publish(second["activity_id"])
    assert len(occurrences(world, first, ANONYMOUS)) == 2
    assert len(occurrences(world, first)) == 4


def test_a_series_is_published_at_once_or_from_one_on_or_not_at_all(world: World) -> None:
    made = weekly(world)
    world.publish(made[2]["activity_id"], scope="following")
    assert of(occurrences(world, made[0]), "status") == ["draft", "draft", "published", "published"]
    world.publish(made[2]["activity_id"], scope="all")
    assert of(occurrences(world, made[0]), "status") == ["published"] * 4
    assert len(world.units.published("activity.published")) == 4
    with pytest.raises(IllegalTransition):
        world.publish(made[0]["activity_id"], scope="all")


def test_what_keeps_one_of_them_from_being_published_is_named_with_its_day(world: World) -> None:
    made = weekly(world)
    world.edit(made[1]["activity_id"], title="三月服务补录")
    with pytest.raises(Invalid) as refusal:
        world.publish(made[0]["activity_id"], scope="all")
    assert fields_of(refusal) == {"occurrences.2026-03-11.title:banned_word"}
    assert of(occurrences(world, made[0]), "status") == ["draft"] * 4


def test_an_edit_of_all_moves_each_by_the_same_local_time(world: World) -> None:
    made = public(world)
    shift = made[1]["shifts"][0]
    later = {
        "shift_id": shift["shift_id"],
        "starts_at": (shift["starts_at"] + timedelta(hours=1)).isoformat(),
        "ends_at": (shift["ends_at"] + timedelta(hours=2)).isoformat(),
        "capacity": 7,
    }
    world.edit(made[1]["activity_id"], shifts=[later], title="越秀公园清洁日", scope="all")
    after = occurrences(world, made[0])
    assert starts(after) == ["03-04 11:00", "03-11 11:00", "03-18 11:00", "03-25 11:00"]
    assert of(after, "title") == ["越秀公园清洁日"] * 4
    assert [each["shifts"][0]["shift_id"] for each in after] == [each["shifts"][0]["shift_id"] for each in made]
    assert [each["shifts"][0]["capacity"] for each in after] == [7] * 4


def test_an_edit_of_the_following_leaves_the_earlier_ones_alone(world: World) -> None:
    made = public(world)
    world.edit(made[2]["activity_id"], contact="王老师 020-11111111", scope="following")
    assert of(occurrences(world, made[0]), "contact") == [made[0]["contact"]] * 2 + ["王老师 020-11111111"] * 2


def test_what_was_changed_for_one_alone_stays_its_own_until_it_is_shared_again(world: World) -> None:
    made = public(world)
    world.edit(made[1]["activity_id"], title="雨天改在室内")
    world.edit(made[0]["activity_id"], title="全部改名", contact="王老师 020-11111111", scope="all")
    after = occurrences(world, made[0])
    assert of(after, "title") == ["全部改名", "雨天改在室内", "全部改名", "全部改名"]
    assert of(after, "contact") == ["王老师 020-11111111"] * 4
    assert [each["series"]["own_fields"] for each in after] == [[], ["title"], [], []]
    world.edit(made[1]["activity_id"], title="又都一样", scope="all")
    after = occurrences(world, made[0])
    assert of(after, "title") == ["又都一样"] * 4
    assert [each["series"]["own_fields"] for each in after] == [[]] * 4


def test_what_has_begun_is_over_or_was_revoked_is_left_alone(world: World) -> None:
    made = public(world)
    world.revoke(made[2]["activity_id"])
    world.clock.advance(days=2, hours=1)  # the first has begun
    world.edit(made[1]["activity_id"], title="以后都叫这个", scope="all")
    after = occurrences(world, made[0])
    assert of(after, "title") == [made[0]["title"], "以后都叫这个", made[2]["title"], "以后都叫这个"]
    world.revoke(made[1]["activity_id"], scope="all")
    assert of(occurrences(world, made[0]), "status") == ["published", "revoked", "revoked", "revoked"]


def test_an_edit_that_one_of_them_does_not_allow_changes_none(world: World) -> None:
    made = public(world, shifts=[world.shift(capacity=2)])
    for _ in range(2):
        world.enroll(world.volunteer(), made[3])
    shift = made[0]["shifts"][0]
    smaller = {**{name: shift[name].isoformat() for name in ("starts_at", "ends_at")}, "shift_id": shift["shift_id"]}
    with pytest.raises(Invalid) as refusal:
        world.edit(made[0]["activity_id"], shifts=[{**smaller, "capacity": 1}], scope="all")
    assert fields_of(refusal) == {"occurrences.2026-03-25.shifts.0.capacity:below_accepted"}
    assert [each["shifts"][0]["capacity"] for each in occurrences(world, made[0])] == [2] * 4


def test_whoever_runs_none_of_them_changes_none_of_them(world: World) -> None:
    made = public(world)
    stranger = world.administrator(world.zhuhai, "owner")
    for change in (world.revoke, world.publish):
        with pytest.raises(Forbidden):
            change(made[0]["activity_id"], stranger, scope="all")
    with pytest.raises(Forbidden):
        world.edit(made[0]["activity_id"], stranger, title="改名", scope="all")
    assert of(occurrences(world, made[0]), "status") == ["published"] * 4
