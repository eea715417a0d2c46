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


def test_an_offer_that_ends_earlier_is_a_new_state_that_is_told(world: World) -> None:
    activity = world.published(shifts=[world.shift(starts=20)])
    holder = world.volunteer()
    held = world.enroll(holder, activity)
    waiting = world.enroll(world.volunteer(), activity)
    world.withdraw(holder, held)
    world.edit(activity["activity_id"], address=ELSEWHERE)  # the deadline stays
    enroll_by = world.at(hours=4).isoformat()
    world.edit(activity["activity_id"], shifts=later(activity, -15, 0), enroll_by=enroll_by)
    world.edit(activity["activity_id"], shifts=later(activity, -14, 0), enroll_by=enroll_by)  # no longer than before
    told = [
        (event["data"]["status"], event["aggregateversion"])
        for event in world.units.published("enrollment.changed")
        if event["data"]["enrollment_id"] == waiting["enrollment_id"]
    ]
    assert told == [("waitlisted", 1), ("offered", 2), ("offered", 3)]
    news = [event["aggregateversion"] for event in world.units.published("enrollment.amended")]
    assert news == [2, 3, 3]


def test_who_holds_another_shift_at_the_new_time_reads_of_which_and_the_organizer_of_how_many(world: World) -> None:
    activity = world.published(shifts=[world.shift(starts=48, capacity=3)])
    elsewhere = world.published(title="图书馆引导", shifts=[world.shift(starts=52, capacity=3)])
    both, withdrew, only_here = (world.volunteer() for _ in range(3))
    moved, *_ = (world.enroll(person, activity) for person in (both, withdrew, only_here))
    world.enroll(both, elsewhere)
    world.withdraw(withdrew, world.enroll(withdrew, elsewhere))
    back_to_back = world.edit(activity["activity_id"], shifts=later(activity, 1, 0))
    edited = world.edit(activity["activity_id"], shifts=later(activity, 2, 0))
    assert back_to_back["warnings"] == []
    assert [(each["code"], each["shift_id"], each["enrollment_ids"]) for each in edited["warnings"]] == [
        ("overlapping_enrollments", activity["shifts"][0]["shift_id"], [moved["enrollment_id"]])
    ]
    assert "图书馆引导" not in edited["warnings"][0]["message"]  # where else is not the organizer's to know
    told = {event["volunteer_id"]: event["clashes_with"] for event in amended(world)[3:]}
    assert told == {both.volunteer_id: "图书馆引导", withdrew.volunteer_id: "", only_here.volunteer_id: ""}
    assert set(world.statuses(activity)) == {"accepted"}  # nothing is resolved by itself
    assert world.edit(activity["activity_id"], address=ELSEWHERE)["warnings"] == []


def test_a_shift_moved_onto_what_was_called_off_clashes_with_nothing(world: World) -> None:
    activity = world.published()
    elsewhere = world.published(shifts=[world.shift(starts=52)])
    person = world.volunteer()
    world.enroll(person, activity)
    world.enroll(person, elsewhere)
    world.revoke(elsewhere["activity_id"])
    assert world.edit(activity["activity_id"], shifts=later(activity, 4, 0))["warnings"] == []
    assert [told["clashes_with"] for told in amended(world)] == [""]
