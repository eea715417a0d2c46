"""An edit after publication: who is told, of what, and who is left in peace."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from services.activity.models import Enrollment
from tests.service.activity.conftest import World
from tests.service.activity.test_series import public

ELSEWHERE = "广州市天河区珠江东路4号图书馆"


def amended(world: World) -> list[dict[str, Any]]:
    """What people were told."""
    return [event["data"] for event in world.units.published("enrollment.amended")]


def later(activity: dict[str, Any], hours: float, *places: int) -> list[dict[str, Any]]:
    """The shifts of an activity, those at ``places`` so many hours later."""
    return [
        {
            "shift_id": shift["shift_id"],
            "starts_at": (shift["starts_at"] + timedelta(hours=hours if place in places else 0)).isoformat(),
            "ends_at": (shift["ends_at"] + timedelta(hours=hours if place in places else 0)).isoformat(),
            "capacity": shift["capacity"],
            "role": shift["role"],
        }
        for place, shift in enumerate(activity["shifts"])
    ]


def test_who_is_accepted_learns_the_old_and_the_new_time_and_place(world: World) -> None:
    activity = world.published()
    enrollment = world.enroll(world.volunteer(), activity)
    world.edit(activity["activity_id"], shifts=later(activity, 2, 0), address=ELSEWHERE)
    (told,) = amended(world)
    (shift,) = activity["shifts"]
    assert (told["enrollment_id"], told["volunteer_id"]) == (enrollment["enrollment_id"], enrollment["volunteer_id"])
    assert (told["old_address"], told["address"]) == (activity["address"], ELSEWHERE)
    assert datetime.fromisoformat(told["old_starts_at"]) == shift["starts_at"]
    assert datetime.fromisoformat(told["starts_at"]) == shift["starts_at"] + timedelta(hours=2)
    assert datetime.fromisoformat(told["ends_at"]) == shift["ends_at"] + timedelta(hours=2)


def test_only_those_are_told_for_whom_something_changed(world: World) -> None:
    activity = world.published(approval="manual", shifts=[world.shift(starts=48), world.shift(starts=96)])
    moved, stays, gone = world.volunteer(), world.volunteer(), world.volunteer()
    applied = world.enroll(moved, activity, shift=1)
    world.enroll(stays, activity, shift=0)
    world.withdraw(gone, world.enroll(gone, activity, shift=1))
    world.edit(activity["activity_id"], shifts=later(activity, 1, 1))
    assert [told["enrollment_id"] for told in amended(world)] == [applied["enrollment_id"]]


def test_nobody_is_told_of_what_concerns_nobody(world: World) -> None:
    activity = world.published(shifts=[world.shift(capacity=2)])
    world.enroll(world.volunteer(), activity)
    world.edit(activity["activity_id"], title="越秀公园环境清洁日", description="新的说明", contact="王老师 020-1")
    assert amended(world) == []


def test_nobody_is_told_of_the_place_of_a_shift_that_is_over(world: World) -> None:
    activity = world.published(shifts=[world.shift(starts=48), world.shift(starts=96)])
    world.enroll(world.volunteer(), activity, shift=0)
    ahead = world.enroll(world.volunteer(), activity, shift=1)
    world.clock.advance(hours=60)
    world.edit(activity["activity_id"], address=ELSEWHERE)
    assert [told["enrollment_id"] for told in amended(world)] == [ahead["enrollment_id"]]


def test_one_message_a_person_says_how_many_more_shifts_changed(world: World) -> None:
    activity = world.published(shifts=[world.shift(starts=96), world.shift(starts=48)])
    person, other = world.volunteer(), world.volunteer()
    world.enroll(person, activity, shift=0)
    first = world.enroll(person, activity, shift=1)
    activity["shifts"][0]["capacity"] = activity["shifts"][1]["capacity"] = 2
    world.edit(activity["activity_id"], shifts=later(activity, 0))
    world.enroll(other, activity, shift=0)
    world.edit(activity["activity_id"], address=ELSEWHERE)
    told = {event["volunteer_id"]: event for event in amended(world)}
    assert len(amended(world)) == 2
    both, one = told[person.volunteer_id], told[other.volunteer_id]
    assert (both["enrollment_id"], both["more"], one["more"]) == (first["enrollment_id"], 1, 0)


def test_an_edit_of_a_series_is_one_message_a_person(world: World) -> None:
    made = public(world, shifts=[world.shift(capacity=2)])
    person = world.volunteer()
    for activity in made:
        world.enroll(person, activity)
    world.edit(made[0]["activity_id"], address=ELSEWHERE, scope="all")
    assert [told["more"] for told in amended(world)] == [3]


def test_an_offer_is_not_kept_past_the_new_start(world: World) -> None:
    activity = world.published(shifts=[world.shift(starts=20)])
    holder = world.volunteer()
    held = world.enroll(holder, activity)
    waiting = world.enroll(world.volunteer(), activity)
    world.withdraw(holder, held)
    world.edit(activity["activity_id"], shifts=later(activity, -15, 0), enroll_by=world.at(hours=4).isoformat())
    with world.units() as uow:
        offered = uow.session.get_one(Enrollment, waiting["enrollment_id"])
        assert offered.offer_expires_at == world.at(hours=5)
    assert [told["enrollment_id"] for told in amended(world)] == [waiting["enrollment_id"]]
