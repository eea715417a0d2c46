"""Search and lists: what is found, in which order, page by page."""

from __future__ import annotations

from typing import Any

import pytest

from services.activity.schemas import enrollments, search
from services.activity.use_cases import reading, searching
from services.chassis.context import ANONYMOUS, Caller
from services.chassis.errors import Invalid
from tests.service.activity.conftest import World


def found(world: World, caller: Caller = ANONYMOUS, **query: Any) -> list[str]:
    """The titles that a search finds, all pages, two at a time, as a query string would ask."""
    titles: list[str] = []
    cursor: dict[str, str] = {}
    while True:
        with world.units.factory(caller).reading() as uow:
            page = searching.search_activities(search.SearchActivities().parse({"limit": "2", **query, **cursor}), uow)
        titles += [item["title"] for item in page["items"]]
        if page["next_cursor"] is None:
            return titles
        cursor = {"cursor": page["next_cursor"]}


def items(world: World, **query: Any) -> list[dict[str, Any]]:
    """The first page as it is answered."""
    with world.units.factory().reading() as uow:
        page: dict[str, Any] = searching.search_activities(search.SearchActivities().parse(query), uow)
        return list(page["items"])


def mine(world: World, caller: Caller, state: str | None = None) -> list[str]:
    """The titles of one's own activities in a state."""
    with world.units(caller) as uow:
        query = enrollments.ListMyActivities().parse({} if state is None else {"state": state})
        return [item["activity"]["title"] for item in reading.list_my_activities(query, uow)["items"]]


@pytest.fixture
def city(world: World) -> World:
    """Four published activities and a draft, starting a day after the other."""
    world.published(title="越秀公园环境清洁", shifts=[world.shift(starts=24)])
    world.published(
        title="社区长者探访",
        description="陪伴独居老人，每人 50% 时间聊天。",
        category="elderly_care",
        region="440106",
        address="广州市天河区体育西路1号",
        shifts=[world.shift(starts=48)],
        location={"latitude": 23.1333, "longitude": 113.3217},
    )
    world.published(
        title="珠海海滩 Beach Clean-up",
        region="440402",
        address="珠海市香洲区情侣中路8号",
        shifts=[world.shift(starts=72), world.shift(starts=240)],
        location={"latitude": 22.2769, "longitude": 113.5678},
    )
    world.published(
        title="图书馆整理",
        category="education",
        shifts=[world.shift(starts=96)],
        location={"latitude": 23.1291, "longitude": 113.2644},
    )
    world.draft(title="尚未发布的活动")
    return world


def test_chinese_and_latin_words_are_found_in_title_description_and_address(city: World) -> None:
    assert found(city, q="清洁") == ["越秀公园环境清洁"]
    assert found(city, q="老人") == ["社区长者探访"]
    assert found(city, q="情侣中路") == ["珠海海滩 Beach Clean-up"]
    assert found(city, q="beach 珠海") == ["珠海海滩 Beach Clean-up"]
    assert found(city, q="没有这样的词") == []


def test_words_of_one_two_and_many_characters_are_found_and_only_where_they_stand_together(city: World) -> None:
    assert found(city, q="探") == ["社区长者探访"]
    assert found(city, q="越秀公园环境清洁") == ["越秀公园环境清洁"]
    assert found(city, q="越秀公园 清洁") == ["越秀公园环境清洁"]
    assert found(city, q="秀越") == []
    # every pair of neighbours of 公园环境清理 stands in the first activity: 清理 in its description
    assert found(city, q="公园环境清理") == []


def test_width_and_case_make_no_difference(city: World) -> None:
    for typed in ("beach clean-up", "ＢＥＡＣＨ　Clean-Up", "BEACH", "b", "Ｂ"):
        assert "珠海海滩 Beach Clean-up" in found(city, q=typed), typed
    city.published(title="ＡＢＣ英语角", shifts=[city.shift(starts=120)])
    assert found(city, q="abc") == ["ＡＢＣ英语角"]
    city.draft(title="ＤＥＦ英语角")
    assert found(city, city.administrator(city.team), q="def英语", status="draft") == ["ＤＥＦ英语角"]


def test_what_was_called_off_is_found_where_that_is_asked_for(city: World) -> None:
    [beach] = items(city, q="珠海")
    city.revoke(beach["activity_id"])
    assert found(city, q="珠海") == []
    assert found(city, q="珠海", status="revoked") == ["珠海海滩 Beach Clean-up"]
    assert found(city, status="revoked", near="22.2769,113.5678,1", sort="distance") == ["珠海海滩 Beach Clean-up"]


def test_signs_that_mean_something_to_a_database_mean_themselves(city: World) -> None:
    assert found(city, q="50%") == ["社区长者探访"]
    assert found(city, q="%") == ["社区长者探访"]
    assert found(city, q="_") == []
    assert found(city, q="/") == []
    assert found(city, q="\\") == []


def test_a_region_holds_everything_inside_it(city: World) -> None:
    assert len(found(city, region="440000")) == 4
    assert found(city, region="440100") == ["越秀公园环境清洁", "社区长者探访", "图书馆整理"]
    assert found(city, region="440402") == ["珠海海滩 Beach Clean-up"]
    assert found(city, region="440300") == []


def test_days_are_those_of_a_shift_and_both_included(city: World) -> None:
    # now is 2 March; the first starts on the 3rd, the beach on the 5th and the 12th
    assert found(city, **{"from": "2026-03-05", "to": "2026-03-05"}) == ["珠海海滩 Beach Clean-up"]
    assert found(city, **{"from": "2026-03-12"}) == ["珠海海滩 Beach Clean-up"]
    assert found(city, to="2026-03-04") == ["越秀公园环境清洁", "社区长者探访"]
    assert found(city, **{"from": "2026-03-07", "to": "2026-03-11"}) == []


def test_without_days_only_what_has_not_ended_is_found(city: World) -> None:
    city.clock.advance(hours=60)
    assert found(city) == ["珠海海滩 Beach Clean-up", "图书馆整理"]
    assert len(found(city, **{"from": "2026-03-01"})) == 4


def test_one_search_takes_in_a_year_at_most(city: World) -> None:
    assert len(found(city, **{"from": "2026-03-01", "to": "2027-03-01"})) == 4
    for days in ({"from": "2026-03-01", "to": "2027-03-02"}, {"from": "2016-03-01", "to": "2026-03-01"}):
        with pytest.raises(Invalid) as refused:
            found(city, **days)
        assert [(error.field, error.code) for error in refused.value.errors] == [("to", "period_too_long")]
    assert found(city, **{"from": "2024-01-01"}) == []
    assert found(city, to="2027-03-04") == ["社区长者探访", "珠海海滩 Beach Clean-up", "图书馆整理"]


def test_what_is_under_way_comes_before_what_is_ahead_however_long_ago_it_began(city: World) -> None:
    city.published(title="全年图书漂流", shifts=[city.shift(starts=1, hours=24 * 300)])
    city.published(title="三天市集", shifts=[city.shift(starts=2, hours=3), city.shift(starts=50, hours=3)])
    assert found(city)[:3] == ["全年图书漂流", "三天市集", "越秀公园环境清洁"]
    city.clock.advance(hours=40)
    assert found(city) == ["全年图书漂流", "三天市集", "社区长者探访", "珠海海滩 Beach Clean-up", "图书馆整理"]
    city.clock.advance(days=100)
    assert found(city) == found(city, sort="newest") == ["全年图书漂流"]
    assert found(city, **{"from": "2026-03-03", "to": "2026-03-03"}) == ["全年图书漂流", "越秀公园环境清洁"]


def test_near_finds_within_the_circle_and_sorts_by_distance(city: World) -> None:
    here = {"near": "23.1300,113.2650,20"}
    assert found(city, **here, sort="distance") == ["图书馆整理", "社区长者探访"]
    assert found(city, near="23.1300,113.2650,200", sort="distance")[-1] == "珠海海滩 Beach Clean-up"
    with city.units() as uow:
        page = searching.search_activities(search.SearchActivities().parse({**here, "sort": "distance"}), uow)
    assert [item["distance_metres"] // 1000 for item in page["items"]] == [0, 5]


@pytest.mark.parametrize("near", ["here", "91,0,1", "0,181,1", "23,113", "23,113,0", "23,113,501", "nan,0,1"])
def test_a_circle_that_is_none_is_refused(near: str) -> None:
    with pytest.raises(Invalid):
        search.SearchActivities().parse({"near": near})


def test_category_organization_and_order(city: World) -> None:
    assert found(city, category="education") == ["图书馆整理"]
    assert len(found(city, organization_id=city.guangzhou)) == 4
    assert found(city, organization_id=city.zhuhai) == []
    assert found(city, sort="newest") == ["图书馆整理", "珠海海滩 Beach Clean-up", "社区长者探访", "越秀公园环境清洁"]


def test_open_places_are_those_that_can_be_taken_now(city: World) -> None:
    [first] = items(city, q="清洁")
    city.enroll(city.volunteer(), first)
    assert found(city, open="true") == ["社区长者探访", "珠海海滩 Beach Clean-up", "图书馆整理"]
    assert found(city, open="false") == ["越秀公园环境清洁"]


def test_drafts_are_found_by_those_who_may_see_them(city: World) -> None:
    assert found(city, city.administrator(city.guangzhou), status="draft") == ["尚未发布的活动"]
    assert found(city, city.administrator(city.zhuhai), status="draft") == []
    assert found(city, status="draft") == []


def test_a_cursor_of_another_search_is_refused(city: World) -> None:
    with city.units() as uow:
        page = searching.search_activities(search.SearchActivities().parse({"limit": 1}), uow)
    request = search.SearchActivities().parse({"limit": 1, "q": "清洁", "cursor": page["next_cursor"]})
    with pytest.raises(Invalid), city.units() as uow:
        searching.search_activities(request, uow)


def test_my_activities_are_three_lists(world: World) -> None:
    person = world.volunteer()
    accepted = world.published(title="已录用的活动")
    applied = world.published(title="已报名的活动", approval="manual", shifts=[world.shift(starts=72)])
    for activity in (accepted, applied):
        world.enroll(person, activity)
    assert (mine(world, person, "enrolled"), mine(world, person, "accepted")) == (["已报名的活动"], ["已录用的活动"])
    assert (mine(world, person, "ended"), len(mine(world, person))) == ([], 2)
    world.clock.advance(hours=51)
    assert (mine(world, person, "accepted"), mine(world, person, "ended")) == ([], ["已录用的活动"])
    assert mine(world, world.volunteer()) == []


def test_what_was_revoked_is_over_for_those_who_took_part_and_those_who_asked_to(world: World) -> None:
    person = world.volunteer()
    accepted = world.published(title="已录用的活动")
    applied = world.published(title="已报名的活动", approval="manual", shifts=[world.shift(starts=72)])
    for activity in (accepted, applied):
        world.enroll(person, activity)
        world.revoke(activity["activity_id"])
    assert (mine(world, person, "enrolled"), mine(world, person, "accepted")) == ([], [])
    assert mine(world, person, "ended") == ["已报名的活动", "已录用的活动"]
