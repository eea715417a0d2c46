"""The waiting list: first come, first offered; an offer has its time, and never outlives the start."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from services.activity.errors import EnrollmentClosed, EnrollmentNeedsActiveVolunteer, OfferExpired, OverlappingShift
from services.activity.schemas import activities
from services.activity.use_cases import copies, reading
from services.chassis.context import Caller
from services.chassis.errors import IllegalTransition, NotFound
from services.identity.events import VolunteerErased
from tests.service.activity.conftest import World

Line = list[tuple[Caller, dict[str, Any]]]


def line_up(world: World, activity: dict[str, Any], people: int) -> Line:
    """So many people enroll, one after the other."""
    callers = [world.volunteer() for _ in range(people)]
    return [(caller, world.enroll(caller, activity)) for caller in callers]


def offers(world: World) -> list[dict[str, Any]]:
    """What was offered, oldest first."""
    return [event["data"] for event in world.units.published("enrollment.offered")]


def test_a_free_place_is_offered_to_the_first_in_line_for_twelve_hours(world: World) -> None:
    activity = world.published()
    (holder, place), (_, first), (_, second) = line_up(world, activity, 3)
    world.withdraw(holder, place)
    assert [world.status(e) for e in (place, first, second)] == ["withdrawn", "offered", "waitlisted"]
    [offer] = offers(world)
    assert offer["enrollment_id"] == first["enrollment_id"]
    assert datetime.fromisoformat(offer["expires_at"]) == world.clock.now() + timedelta(hours=12)


def test_an_offer_near_the_start_ends_with_the_start(world: World) -> None:
    activity = world.published()
    (holder, place), _ = line_up(world, activity, 2)
    world.clock.advance(hours=45)
    world.withdraw(holder, place)
    [offer] = offers(world)
    assert datetime.fromisoformat(offer["expires_at"]) == world.clock.now() + timedelta(hours=3)


def test_an_offered_place_is_kept_and_nobody_passes_the_line(world: World) -> None:
    activity = world.published()
    (holder, place), (_, first) = line_up(world, activity, 2)
    world.withdraw(holder, place)
    latecomer = world.enroll(world.volunteer(), activity)
    assert (world.status(first), latecomer["status"], latecomer["position"]) == ("offered", "waitlisted", 1)


def test_an_offer_is_accepted_by_its_volunteer_alone(world: World) -> None:
    activity = world.published()
    (holder, place), (first, offered), (second, waiting) = line_up(world, activity, 3)
    world.withdraw(holder, place)
    with pytest.raises(NotFound):
        world.answer(second, offered, accept=True)
    with pytest.raises(IllegalTransition):
        world.answer(second, waiting, accept=True)
    assert world.answer(first, offered, accept=True)["status"] == "accepted"
    with pytest.raises(IllegalTransition):
        world.answer(first, offered, accept=True)


def test_a_declined_offer_goes_to_the_next(world: World) -> None:
    activity = world.published()
    (holder, place), (first, offered), (_, waiting) = line_up(world, activity, 3)
    world.withdraw(holder, place)
    assert world.answer(first, offered, accept=False)["status"] == "withdrawn"
    assert world.status(waiting) == "offered"


def test_an_offer_that_runs_out_lapses_and_goes_to_the_next(world: World) -> None:
    activity = world.published()
    (holder, place), (first, offered), (_, waiting) = line_up(world, activity, 3)
    world.withdraw(holder, place)
    world.clock.advance(hours=11, minutes=59)
    world.lapse()
    assert world.status(offered) == "offered"
    world.clock.advance(minutes=1)
    with pytest.raises(OfferExpired):
        world.answer(first, offered, accept=True)
    world.lapse()
    assert (world.status(offered), world.status(waiting)) == ("lapsed", "offered")


def test_nothing_is_offered_after_the_start_and_the_line_ends(world: World) -> None:
    activity = world.published()
    (holder, place), (_, offered), (_, waiting) = line_up(world, activity, 3)
    world.clock.advance(hours=47)
    world.withdraw(holder, place)
    world.clock.advance(hours=1)
    world.lapse()
    assert (world.status(offered), world.status(waiting)) == ("lapsed", "lapsed")
    assert len(offers(world)) == 1


def test_more_places_are_offered_to_those_who_wait(world: World) -> None:
    activity = world.published()
    enrollments = [enrollment for _, enrollment in line_up(world, activity, 4)]
    [shift] = activity["shifts"]
    kept = {"shift_id": shift["shift_id"], "starts_at": world.shift()["starts_at"], "ends_at": world.shift()["ends_at"]}
    world.edit(activity["activity_id"], shifts=[{**kept, "capacity": 3}])
    assert [world.status(e) for e in enrollments] == ["accepted", "offered", "offered", "waitlisted"]


def test_an_offer_that_overlaps_with_what_one_has_is_refused_until_one_withdraws(world: World) -> None:
    full, elsewhere = world.published(), world.published(shifts=[world.shift(starts=49, capacity=5)])
    (holder, place), (person, waiting) = line_up(world, full, 2)
    other = world.enroll(person, elsewhere)  # waiting keeps no time free
    world.withdraw(holder, place)
    with pytest.raises(OverlappingShift):
        world.answer(person, waiting, accept=True)
    world.withdraw(person, other)
    assert world.answer(person, waiting, accept=True)["status"] == "accepted"


def test_a_suspended_volunteer_is_passed_over_and_cannot_answer(world: World) -> None:
    activity = world.published()
    holder, suspended = world.volunteer(), world.volunteer()
    place = world.enroll(holder, activity)
    waiting, behind = world.enroll(suspended, activity), world.enroll(world.volunteer(), activity)
    world.suspend(suspended)
    world.withdraw(holder, place)
    assert (world.status(waiting), world.status(behind)) == ("waitlisted", "offered")
    with pytest.raises(EnrollmentNeedsActiveVolunteer):
        world.answer(suspended, waiting, accept=True)


def test_the_places_of_an_erased_person_go_to_the_next_and_the_name_is_gone(world: World) -> None:
    activity = world.published()
    (holder, place), (_, waiting) = line_up(world, activity, 2)
    erased = VolunteerErased(volunteer_id=str(holder.volunteer_id), account_id=str(holder.account_id))
    world.hears(copies.erase_volunteer, erased, version=2)
    assert (world.status(place), world.status(waiting)) == ("withdrawn", "offered")
    assert world.name_of(holder) == ""


def test_the_places_that_an_erased_person_took_in_the_past_stay_taken(world: World) -> None:
    activity = world.published(shifts=[world.shift(capacity=2), world.shift(starts=24 * 30, capacity=2)])
    (holder, past), (_, others) = line_up(world, activity, 2)
    ahead = world.enroll(holder, activity, shift=1)
    world.clock.advance(days=3)
    erased = VolunteerErased(volunteer_id=str(holder.volunteer_id), account_id=str(holder.account_id))
    world.hears(copies.erase_volunteer, erased, version=2)

    assert [world.status(enrollment) for enrollment in (past, others, ahead)] == ["accepted", "accepted", "withdrawn"]
    with world.units() as uow:
        shown = reading.get_activity(activities.GetActivity().parse({"activity_id": activity["activity_id"]}), uow)
    assert [(shift["accepted"], shift["open"]) for shift in shown["shifts"]] == [(2, 0), (0, 2)]


def test_an_offer_of_a_revoked_activity_cannot_be_taken(world: World) -> None:
    activity = world.published()
    (holder, place), (first, offered) = line_up(world, activity, 2)
    world.withdraw(holder, place)
    world.revoke(activity["activity_id"])
    with pytest.raises(EnrollmentClosed):
        world.answer(first, offered, accept=True)
