"""Withdrawing late, being absent, and what recorded hours say to it."""

from __future__ import annotations

from typing import Any

import pytest

from services.activity.errors import ShiftNotOver, VolunteerHasHours
from services.activity.schemas import enrollments
from services.activity.use_cases import attending, reading
from services.attendance.events import HoursRecorded, SignedIn
from services.chassis.context import Caller
from services.chassis.errors import Forbidden, IllegalTransition, Invalid, NotFound
from services.chassis.ids import new_id
from tests.service.activity.conftest import World


def hears_hours(world: World, enrollment: dict[str, Any], minutes: int, **others: Any) -> None:
    """Attendance tells of minutes of this enrollment's shift."""
    told = {"volunteer_id": enrollment["volunteer_id"], "shift_id": enrollment["shift_id"], **others}
    event = HoursRecorded(
        record_id=new_id(), activity_id=enrollment["activity_id"], organization_id=world.team, title="清洁",
        minutes=minutes, provenance="scan", served_on="2026-03-04", **told,
    )  # fmt: skip
    world.hears(attending.note_hours, event)


def signs_in(world: World, enrollment: dict[str, Any]) -> None:
    """Attendance tells of a scan, now."""
    names = ("volunteer_id", "activity_id", "shift_id")
    event = SignedIn(record_id=new_id(), at=world.clock.now(), **{name: enrollment[name] for name in names})
    world.hears(attending.note_sign_in, event)


def listed(world: World, activity: dict[str, Any], **query: Any) -> list[dict[str, Any]]:
    """What organizers see."""
    request = enrollments.ListEnrollments().parse({"activity_id": activity["activity_id"], **query})
    with world.units(world.administrator(world.team, "recorder")) as uow:
        return list(reading.list_enrollments(request, uow)["items"])


def mine(world: World, person: Caller) -> dict[str, Any]:
    """What the volunteer sees."""
    with world.units(person) as uow:
        return reading.list_my_activities(enrollments.ListMyActivities().parse({}), uow)


def test_withdrawing_within_a_day_of_the_start_is_noted_and_the_place_is_offered(world: World) -> None:
    activity = world.published(shifts=[world.shift(starts=48, capacity=2)])
    early, late, next_one = world.volunteer(), world.volunteer(), world.volunteer()
    first, second = world.enroll(early, activity), world.enroll(late, activity)
    in_line = world.enroll(next_one, activity)
    world.clock.advance(hours=24)
    assert world.withdraw(early, first)["late"] is False
    world.answer(next_one, in_line, accept=True)
    another = world.enroll(world.volunteer(), activity)
    world.clock.advance(minutes=1)
    assert world.withdraw(late, second)["late"] is True
    assert world.status(another) == "offered"
    assert [item["late"] for item in listed(world, activity)] == [False, True, False, False]
    shown = mine(world, late)
    assert (shown["items"][0]["late"], shown["late_withdrawals"], shown["absences"]) == (True, 1, 0)
    assert len(world.audited("enrollment.withdrawn_late")) == 1


def test_giving_up_what_was_not_promised_is_never_late(world: World) -> None:
    activity = world.published(shifts=[world.shift(starts=1, capacity=1)])
    world.enroll(world.volunteer(), activity)
    waiting = world.volunteer()
    assert world.withdraw(waiting, world.enroll(waiting, activity))["late"] is False


def test_until_when_one_withdraws_in_time_is_said(world: World) -> None:
    activity = world.published(shifts=[world.shift(starts=48)])
    person = world.volunteer()
    world.enroll(person, activity)
    assert mine(world, person)["items"][0]["withdraw_by"] == world.at(hours=24)


def test_who_neither_signed_in_nor_has_hours_is_shown_when_the_shift_is_over(world: World) -> None:
    activity = world.published(shifts=[world.shift(starts=1, hours=2, capacity=4)])
    gone, scanned, supplemented, left = (world.volunteer() for _ in range(4))
    missing, came, proved, withdrew = (world.enroll(one, activity) for one in (gone, scanned, supplemented, left))
    world.withdraw(left, withdrew)
    world.clock.advance(hours=1)
    signs_in(world, came)
    hears_hours(world, proved, 90)
    assert listed(world, activity, missing="true") == []
    world.clock.advance(hours=2)
    assert [item["enrollment_id"] for item in listed(world, activity, missing="true")] == [missing["enrollment_id"]]


def test_an_absence_is_recorded_told_counted_and_taken_back(world: World) -> None:
    activity = world.published(shifts=[world.shift(starts=1, hours=2)])
    person = world.volunteer()
    enrollment = world.enroll(person, activity)
    world.clock.advance(hours=2.9)
    with pytest.raises(ShiftNotOver):
        world.absent(enrollment)
    world.clock.advance(hours=0.1)
    recorder = world.administrator(world.guangzhou, "recorder")
    assert world.absent(enrollment, recorder)["status"] == "absent"
    with pytest.raises(IllegalTransition):
        world.absent(enrollment)
    assert [e["data"]["volunteer_id"] for e in world.units.published("enrollment.marked_absent")] == [
        person.volunteer_id
    ]
    assert mine(world, person)["absences"] == 1
    assert world.not_absent(enrollment, recorder)["status"] == "accepted"
    assert mine(world, person)["absences"] == 0
    assert [e["data"]["status"] for e in world.units.published("enrollment.changed")] == [
        "accepted", "absent", "accepted",
    ]  # fmt: skip
    assert len(world.units.published("enrollment.accepted")) == 1  # nobody is told twice of one place
    assert len(world.audited("enrollment.absent", "enrollment.absence_revoked")) == 2


def test_only_those_who_look_after_the_shift_say_who_was_absent(world: World) -> None:
    activity = world.published(shifts=[world.shift(starts=1, hours=2)])
    enrollment = world.enroll(world.volunteer(), activity)
    world.clock.advance(hours=3)
    with pytest.raises(NotFound):
        world.absent(enrollment, world.administrator(world.zhuhai, "owner"))
    with pytest.raises(Forbidden):
        world.absent(enrollment, world.administrator(world.team, "viewer"))
    world.absent(enrollment)
    with pytest.raises(NotFound):
        world.not_absent(enrollment, world.administrator(world.zhuhai, "owner"))


def test_recorded_hours_stand_against_an_absence_until_they_are_reversed(world: World) -> None:
    activity = world.published(shifts=[world.shift(starts=1, hours=2)])
    enrollment = world.enroll(world.volunteer(), activity)
    world.clock.advance(hours=3)
    hears_hours(world, enrollment, 90)
    with pytest.raises(VolunteerHasHours) as refusal:
        world.absent(enrollment)
    assert refusal.value.data == {"minutes": 90}
    hears_hours(world, enrollment, -90)
    assert world.absent(enrollment)["status"] == "absent"


def test_hours_that_come_later_refute_an_absence(world: World) -> None:
    activity = world.published(shifts=[world.shift(starts=1, hours=2)])
    enrollment = world.enroll(world.volunteer(), activity)
    world.clock.advance(hours=3)
    world.absent(enrollment)
    hears_hours(world, enrollment, -30)  # a reversal that overtook what it reverses
    assert world.status(enrollment) == "absent"
    hears_hours(world, enrollment, 90)
    assert world.status(enrollment) == "accepted"
    assert len(world.audited("enrollment.absence_refuted")) == 1
    assert world.units.published("enrollment.changed")[-1]["data"]["status"] == "accepted"


def test_hours_of_somebody_who_never_enrolled_or_from_before_shifts_were_told_change_nothing(world: World) -> None:
    activity = world.published(shifts=[world.shift(starts=1, hours=2)])
    enrollment = world.enroll(world.volunteer(), activity)
    hears_hours(world, enrollment, 90, volunteer_id=new_id())
    hears_hours(world, enrollment, 90, shift_id=None)
    assert listed(world, activity)[0]["minutes"] == 0


def test_places_of_those_who_did_not_come_are_not_taken_back_by_an_edit(world: World) -> None:
    shifts = [world.shift(starts=1, hours=2), world.shift(starts=48)]
    activity = world.published(shifts=[{**shifts[0], "capacity": 2}, shifts[1]])
    both = [world.enroll(world.volunteer(), activity) for _ in range(2)]
    world.clock.advance(hours=3)
    world.absent(both[0])
    ids = [shift["shift_id"] for shift in activity["shifts"]]
    fewer = [{**shift, "shift_id": id_, "capacity": 1} for shift, id_ in zip(shifts, ids, strict=True)]
    with pytest.raises(Invalid) as refusal:
        world.edit(activity["activity_id"], shifts=fewer)
    assert "below_accepted" in {error.code for error in refusal.value.errors}
