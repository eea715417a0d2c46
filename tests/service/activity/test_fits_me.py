"""Only what I can do: an activity is found exactly if a shift of it could be enrolled for."""

from __future__ import annotations

from contextlib import suppress
from datetime import date
from typing import Any

import pytest

from services.chassis.context import ANONYMOUS, Caller
from services.chassis.errors import AppError, Forbidden, Invalid, NotAuthenticated
from tests.service.activity.conftest import World
from tests.service.activity.test_finding import found


def fitting(world: World, caller: Caller, **query: Any) -> list[str]:
    return found(world, caller, fits_me="true", **query)


def test_age_skills_and_membership_are_those_of_the_volunteer(world: World) -> None:
    asks: dict[str, dict[str, Any]] = {
        "不限": {},
        "成年": {"min_age": 18},
        "少年": {"max_age": 17},
        "急救": {"skills": ["first_aid"]},
        "急救与驾驶": {"skills": ["first_aid", "driving"]},
        "本队": {"members_only": True},
    }
    for place, (title, requirements) in enumerate(asks.items()):
        world.published(title=title, requirements=requirements, shifts=[world.shift(starts=48 + 4 * place)])
    assert fitting(world, world.volunteer()) == ["不限", "成年", "本队"]
    assert fitting(world, world.volunteer(birth_date=date(2015, 1, 1))) == ["不限", "少年", "本队"]
    assert fitting(world, world.volunteer(birth_date=None)) == ["不限", "本队"]
    assert fitting(world, world.volunteer(skills=["first_aid"])) == ["不限", "成年", "急救", "本队"]
    assert fitting(world, world.volunteer(organization_id=world.zhuhai)) == ["不限", "成年"]
    assert fitting(world, world.volunteer(organization_id=world.guangzhou)) == ["不限", "成年"]  # not above it
    stranger = world.volunteer()
    world.forget(stranger)
    assert fitting(world, stranger) == ["不限"]


def test_what_overlaps_with_what_one_holds_is_left_out_and_back_to_back_is_not(world: World) -> None:
    person = world.volunteer()
    held = world.published(title="已有", shifts=[world.shift(starts=48, hours=3)])
    for title, starts in (("之前", 46.0), ("紧接之前", 45.0), ("同时", 49.0), ("紧接之后", 51.0)):
        world.published(title=title, shifts=[world.shift(starts=starts, hours=3)])
    world.published(title="两个班次", shifts=[world.shift(starts=48, hours=3), world.shift(starts=72, hours=3)])
    enrollment = world.enroll(person, held)
    assert fitting(world, person) == ["紧接之前", "两个班次", "紧接之后"]
    assert fitting(world, person, to="2026-03-04") == ["紧接之前", "紧接之后"]  # the other shift is a day later
    world.withdraw(person, enrollment)
    assert set(fitting(world, person)) >= {"已有", "之前", "同时"}


def test_what_one_waits_for_is_not_found_but_keeps_no_time(world: World) -> None:
    first, person = world.volunteer(), world.volunteer()
    full = world.published(title="满员", shifts=[world.shift(starts=48)])
    world.published(title="同时", shifts=[world.shift(starts=48)])
    world.enroll(first, full)
    assert fitting(world, person) == ["满员", "同时"]
    assert fitting(world, person, open="true") == ["同时"]
    assert world.enroll(person, full)["status"] == "waitlisted"
    assert fitting(world, person) == ["同时"]


def test_what_was_called_off_keeps_no_time(world: World) -> None:
    person = world.volunteer()
    held = world.published(title="已取消")
    world.published(title="同时")
    world.enroll(person, held)
    assert fitting(world, person) == []
    world.revoke(held["activity_id"])
    assert fitting(world, person) == ["同时"]


def test_what_can_no_longer_be_enrolled_for_is_nothing_that_one_can_do(world: World) -> None:
    person = world.volunteer()
    world.published(title="报名截止", enroll_by=world.at(hours=10).isoformat(), shifts=[world.shift(starts=48)])
    world.published(title="进行中", shifts=[world.shift(starts=9, hours=30)])
    assert fitting(world, person) == ["进行中", "报名截止"]
    world.clock.advance(hours=11)
    assert fitting(world, person) == []
    assert fitting(world, person, **{"from": "2026-03-01"}) == []


@pytest.mark.parametrize("birth_date", [date(2008, 2, 29), date(2008, 3, 1), date(2010, 3, 4), date(2010, 3, 5), None])
@pytest.mark.parametrize("requirements", [{"min_age": 18}, {"max_age": 17}, {"min_age": 16, "max_age": 17}])
@pytest.mark.parametrize("starts", [24 * 362 - 10, 24 * 363 - 10, 48])  # 27 and 28 February of the year after, 4 March
def test_whoever_finds_it_may_enroll_and_whoever_does_not_may_not(
    world: World, birth_date: date | None, requirements: dict[str, int], starts: float
) -> None:
    person = world.volunteer(birth_date=birth_date)
    activity = world.published(requirements=requirements, shifts=[world.shift(starts=starts)])
    could = False
    suggested = fitting(world, person)
    with suppress(AppError):
        could = bool(world.enroll(person, activity))
    assert bool(suggested) == could


def test_it_is_a_volunteers_question_about_what_is_public(world: World) -> None:
    with pytest.raises(NotAuthenticated):
        fitting(world, ANONYMOUS)
    with pytest.raises(Forbidden):
        fitting(world, world.administrator(world.team))
    with pytest.raises(Invalid):
        fitting(world, world.volunteer(), status="draft")
