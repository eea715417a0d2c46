"""Whoever just comes is let in: into a free place, or beyond the capacity if the organizer says so."""

from __future__ import annotations

from datetime import date

import pytest

from services.activity.errors import (
    AlreadyEnrolled,
    EnrollmentClosed,
    EnrollmentNeedsActiveVolunteer,
    RequirementsNotMet,
    ShiftFull,
    VolunteerBusy,
    WalkInOutsideShift,
)
from services.activity.schemas import presence
from services.chassis.errors import Forbidden, Invalid, NotFound
from services.chassis.ids import new_id
from tests.service.activity.conftest import World
from tests.service.activity.test_enrolling import at_once


def test_who_just_comes_gets_a_free_place_and_is_told(world: World) -> None:
    activity = world.published(shifts=[world.shift(starts=1, capacity=1)])
    person = world.volunteer(volunteer_no="440100000077", name="李四")
    recorder = world.administrator(world.guangzhou, "recorder")
    answer = world.walk_in(person, activity, caller=recorder, volunteer_no="440100000077")
    assert (answer["status"], answer["source"], answer["volunteer_name"]) == ("accepted", "walk_in", "李四")
    assert [e["data"]["volunteer_id"] for e in world.units.published("enrollment.accepted")] == [person.volunteer_id]
    assert [e["data"]["status"] for e in world.units.published("enrollment.changed")] == ["accepted"]
    assert [entry["over_capacity"] for entry in world.audited("enrollment.walk_in")] == [False]


def test_beyond_the_capacity_only_if_the_organizer_says_so(world: World) -> None:
    activity = world.published(shifts=[world.shift(starts=1, capacity=1)])
    world.enroll(world.volunteer(), activity)  # accepted, and not there yet: the place is still theirs
    person = world.volunteer()
    with pytest.raises(ShiftFull):
        world.walk_in(person, activity)
    assert world.walk_in(person, activity, over_capacity=True)["status"] == "accepted"
    assert [entry["over_capacity"] for entry in world.audited("enrollment.walk_in")] == [True]


def test_while_a_line_waits_a_free_place_is_not_free(world: World) -> None:
    activity = world.published(shifts=[world.shift(starts=1, capacity=1)])
    accepted = world.volunteer()
    first = world.enroll(accepted, activity)
    waiting = world.volunteer()
    in_line = world.enroll(waiting, activity)
    world.withdraw(accepted, first)
    assert world.status(in_line) == "offered"
    with pytest.raises(ShiftFull):
        world.walk_in(world.volunteer(), activity)
    assert world.walk_in(waiting, activity)["status"] == "accepted"  # their own place
    assert world.statuses(activity) == ["withdrawn", "accepted"]


def test_who_waits_or_has_applied_is_let_in_with_the_enrollment_that_is_there(world: World) -> None:
    activity = world.published(shifts=[world.shift(starts=1, capacity=1)])
    world.enroll(world.volunteer(), activity)
    waiting = world.volunteer()
    in_line = world.enroll(waiting, activity)
    answer = world.walk_in(waiting, activity, over_capacity=True)
    assert (answer["enrollment_id"], answer["status"]) == (in_line["enrollment_id"], "accepted")
    manual = world.published(approval="manual", shifts=[world.shift(starts=1)])
    hopeful = world.volunteer()
    applied = world.enroll(hopeful, manual)
    world.clock.advance(hours=2)
    assert world.walk_in(hopeful, manual)["enrollment_id"] == applied["enrollment_id"]
    with pytest.raises(AlreadyEnrolled):
        world.walk_in(hopeful, manual)


def test_from_an_hour_before_the_start_until_the_end(world: World) -> None:
    activity = world.published(shifts=[world.shift(starts=2, hours=3, capacity=5)])
    with pytest.raises(WalkInOutsideShift):
        world.walk_in(world.volunteer(), activity)
    world.clock.advance(hours=1)
    world.walk_in(world.volunteer(), activity)
    world.clock.advance(hours=3.99)
    late = world.walk_in(world.volunteer(), activity)
    assert late["status"] == "accepted"
    world.clock.advance(hours=0.01)
    with pytest.raises(WalkInOutsideShift):
        world.walk_in(world.volunteer(), activity)


def test_after_the_start_a_line_that_the_timer_has_not_ended_yet_is_over(world: World) -> None:
    activity = world.published(shifts=[world.shift(starts=1, capacity=1)])
    accepted = world.volunteer()
    enrollment = world.enroll(accepted, activity)
    world.enroll(world.volunteer(), activity)
    world.withdraw(accepted, enrollment)
    world.clock.advance(hours=1.5)
    world.lapse()
    assert world.walk_in(world.volunteer(), activity)["status"] == "accepted"


def test_requirements_and_other_places_count_on_the_spot_too(world: World) -> None:
    activity = world.published(
        shifts=[world.shift(starts=1, capacity=5)], requirements={"min_age": 18, "skills": ["急救"]}
    )
    with pytest.raises(RequirementsNotMet) as refusal:
        world.walk_in(world.volunteer(birth_date=date(2015, 1, 1)), activity)
    assert refusal.value.data["unmet"] == ["min_age", "skills"]
    plain = world.published(shifts=[world.shift(starts=1, capacity=5)])
    busy = world.volunteer()
    world.enroll(busy, world.published(shifts=[world.shift(starts=2)]))
    with pytest.raises(VolunteerBusy) as taken:
        world.walk_in(busy, plain)
    assert taken.value.data == {}  # where is not the organizer's to know
    with pytest.raises(Invalid):
        world.walk_in(world.volunteer(accompanied_until=date(2100, 1, 1)), plain)
    child = world.volunteer(accompanied_until=date(2100, 1, 1))
    assert world.walk_in(child, plain, accompanied_by="张大")["accompanied_by"] == "张大"


def test_a_number_of_nobody_looks_like_that_of_somebody_inactive(world: World) -> None:
    activity = world.published(shifts=[world.shift(starts=1, capacity=5)])
    pending = world.volunteer(volunteer_no="440100000088", status="pending_review")
    for whom in ({"volunteer_no": "440100000088"}, {"volunteer_no": "440100000099"}, {"volunteer_id": new_id()}):
        with pytest.raises(EnrollmentNeedsActiveVolunteer):
            world.walk_in(pending, activity, **whom)


def test_only_those_who_look_after_the_shift_let_people_in(world: World) -> None:
    activity = world.published(shifts=[world.shift(starts=1, capacity=5)])
    person = world.volunteer()
    for caller in (world.administrator(world.zhuhai, "owner"), world.administrator(world.team, "viewer"), person):
        with pytest.raises(Forbidden):
            world.walk_in(person, activity, caller=caller)
    with pytest.raises(NotFound):
        world.walk_in(person, world.draft(), caller=world.administrator(world.zhuhai, "owner"))
    world.revoke(activity["activity_id"])
    with pytest.raises(EnrollmentClosed):
        world.walk_in(person, activity)


def test_the_person_is_named_in_one_way() -> None:
    for whom in ({}, {"volunteer_no": "1", "volunteer_id": new_id()}):
        with pytest.raises(Invalid) as refusal:
            presence.AdmitWalkIn().parse({"activity_id": new_id(), "shift_id": new_id(), **whom})
        assert [(e.field, e.code) for e in refusal.value.errors] == [("volunteer_no", "one_of_two")]


def test_at_once_for_the_last_place_one_is_let_in(world: World) -> None:
    activity = world.published(shifts=[world.shift(starts=1, capacity=1)])
    people = [world.volunteer() for _ in range(8)]
    answers = at_once([lambda person=person: world.walk_in(person, activity) for person in people])
    assert sorted(a["status"] if isinstance(a, dict) else a.code for a in answers) == ["accepted"] + ["shift_full"] * 7
