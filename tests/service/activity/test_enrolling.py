"""Enrolling: places are never given twice, people are never booked twice, and who comes too late waits in line."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from threading import Barrier
from typing import Any

import pytest

from services.activity.errors import (
    AlreadyEnrolled,
    EnrollmentClosed,
    EnrollmentNeedsActiveVolunteer,
    OverlappingShift,
    RequirementsNotMet,
    ShiftStarted,
)
from services.chassis.errors import AppError, NotFound
from tests.service.activity.conftest import World


def at_once(deeds: Sequence[Callable[[], Any]]) -> list[Any]:
    """Do everything at the same moment, each in a thread of its own; answers or refusals in the order of ``deeds``."""
    barrier = Barrier(len(deeds))

    def run(deed: Callable[[], Any]) -> Any:
        barrier.wait(30)
        try:
            return deed()
        except AppError as refusal:
            return refusal

    with ThreadPoolExecutor(len(deeds)) as pool:
        return list(pool.map(run, deeds))


def test_fifty_at_once_for_thirty_places_leave_twenty_in_line(world: World) -> None:
    activity = world.published(shifts=[world.shift(capacity=30)])
    people = [world.volunteer() for _ in range(50)]
    enrollments = at_once([lambda person=person: world.enroll(person, activity) for person in people])
    assert sorted(e["status"] for e in enrollments) == ["accepted"] * 30 + ["waitlisted"] * 20
    assert sorted(e["position"] for e in enrollments if e["status"] == "waitlisted") == list(range(1, 21))
    assert len(world.units.published("enrollment.accepted")) == 30
    assert len(world.units.published("enrollment.waitlisted")) == 20
    assert len(world.units.published("enrollment.changed")) == 50


def test_the_line_is_in_the_order_of_arrival(world: World) -> None:
    activity = world.published()
    enrollments = [world.enroll(world.volunteer(), activity) for _ in range(4)]
    assert [e["position"] for e in enrollments] == [None, 1, 2, 3]


def test_one_person_at_once_in_two_overlapping_shifts_gets_one(world: World) -> None:
    activity = world.published(shifts=[world.shift(starts=48), world.shift(starts=49)])
    person = world.volunteer()
    answers = at_once([lambda: world.enroll(person, activity, 0), lambda: world.enroll(person, activity, 1)])
    assert sorted(type(a) is dict for a in answers) == [False, True]
    assert any(isinstance(a, OverlappingShift) for a in answers)


def test_one_person_twice_at_once_for_the_same_shift_gets_one_place(world: World) -> None:
    activity = world.published(shifts=[world.shift(capacity=5)])
    person = world.volunteer()
    answers = at_once([lambda: world.enroll(person, activity)] * 4)
    assert sum(isinstance(a, AlreadyEnrolled) for a in answers) == 3


def test_back_to_back_is_no_overlap(world: World) -> None:
    activity = world.published(shifts=[world.shift(starts=48, hours=3), world.shift(starts=51, hours=3)])
    person = world.volunteer()
    assert world.enroll(person, activity, 0)["status"] == "accepted"
    assert world.enroll(person, activity, 1)["status"] == "accepted"


def test_the_last_places_of_many_shifts_go_at_once_without_a_deadlock(world: World) -> None:
    activity = world.published(shifts=[world.shift(starts=48 + 4 * n) for n in range(8)])
    people = [world.volunteer() for _ in range(4)]
    # each goes through the shifts from another end, all at the same moment
    orders = [range(8), range(7, -1, -1), (3, 1, 6, 0, 7, 2, 5, 4), (4, 5, 2, 7, 0, 6, 1, 3)]
    deeds = [
        lambda person=person, order=order: [world.enroll(person, activity, n) for n in order]
        for person, order in zip(people, orders, strict=True)
    ]
    enrollments = [enrollment for answer in at_once(deeds) for enrollment in answer]
    accepted = [e["shift_id"] for e in enrollments if e["status"] == "accepted"]
    assert sorted(accepted) == sorted(shift["shift_id"] for shift in activity["shifts"])
    assert len(enrollments) == 32


def test_revoking_while_people_enroll_leaves_nobody_untold(world: World) -> None:
    activity = world.published(shifts=[world.shift(capacity=20)])
    people = [world.volunteer() for _ in range(20)]
    deeds: list[Callable[[], Any]] = [lambda person=person: world.enroll(person, activity) for person in people]
    answers = at_once([*deeds, lambda: world.revoke(activity["activity_id"])])
    enrolled = {a["enrollment_id"] for a in answers if isinstance(a, dict) and "enrollment_id" in a}
    assert {e["subject"] for e in world.units.published("enrollment.called_off")} == enrolled


@pytest.mark.parametrize("status", ["pending_review", "suspended", "erased"])
def test_only_active_volunteers_enroll(world: World, status: str) -> None:
    activity = world.published()
    with pytest.raises(EnrollmentNeedsActiveVolunteer):
        world.enroll(world.volunteer(status=status), activity)
    assert world.enroll(world.volunteer(), activity)["status"] == "accepted"


@pytest.mark.parametrize(
    ("requirements", "fitting", "unfitting", "unmet"),
    [
        ({"min_age": 18}, {"birth_date": date(2008, 3, 4)}, {"birth_date": date(2008, 3, 5)}, ["min_age"]),
        ({"max_age": 60}, {"birth_date": date(1965, 3, 5)}, {"birth_date": date(1965, 3, 4)}, ["max_age"]),
        ({"skills": ["急救"]}, {"skills": ["急救", "英语"]}, {"skills": ["英语"]}, ["skills"]),
    ],
)
def test_requirements_hold_on_the_day_of_the_shift(
    world: World, requirements: dict[str, Any], fitting: dict[str, Any], unfitting: dict[str, Any], unmet: list[str]
) -> None:
    activity = world.published(requirements=requirements)  # on 4 March 2026
    with pytest.raises(RequirementsNotMet) as refusal:
        world.enroll(world.volunteer(**unfitting), activity)
    assert refusal.value.data["unmet"] == unmet
    assert world.enroll(world.volunteer(**fitting), activity)["status"] == "accepted"


def test_members_are_those_of_the_organization_and_below(world: World) -> None:
    draft = world.draft(
        world.administrator(world.guangzhou), organization_id=world.guangzhou, requirements={"members_only": True}
    )
    activity = world.publish(draft["activity_id"], world.administrator(world.guangzhou))
    with pytest.raises(RequirementsNotMet):
        world.enroll(world.volunteer(organization_id=world.zhuhai), activity)
    assert world.enroll(world.volunteer(organization_id=world.team), activity)["status"] == "accepted"


def test_enrollment_closes_at_its_deadline_and_at_the_start(world: World) -> None:
    deadline = world.published(enroll_by=world.at(hours=10).isoformat())
    later = world.published(
        shifts=[world.shift(starts=20), world.shift(starts=48)], enroll_by=world.at(hours=48).isoformat()
    )
    person = world.volunteer()
    world.clock.advance(hours=10)
    with pytest.raises(EnrollmentClosed):
        world.enroll(person, deadline)
    world.clock.advance(hours=10)
    with pytest.raises(EnrollmentClosed):
        world.enroll(person, later, 0)
    assert world.enroll(person, later, 1)["status"] == "accepted"


def test_a_draft_and_a_shift_of_another_activity_are_not_there(world: World) -> None:
    draft, one, other = world.draft(), world.published(), world.published()
    person = world.volunteer()
    with pytest.raises(NotFound):
        world.enroll(person, draft)
    with pytest.raises(NotFound):
        world.enroll(person, one | {"shifts": other["shifts"]})
    assert world.enroll(person, one)["status"] == "accepted"


def test_who_withdrew_may_come_again_and_who_was_rejected_may_not(world: World) -> None:
    activity = world.published(approval="manual", shifts=[world.shift(capacity=2)])
    person = world.volunteer()
    world.withdraw(person, world.enroll(person, activity))
    again = world.enroll(person, activity)
    assert again["status"] == "applied"
    world.decide(again, accept=False, reason="人数已够")
    with pytest.raises(AlreadyEnrolled):
        world.enroll(person, activity)


def test_nobody_withdraws_from_what_has_begun_or_for_somebody_else(world: World) -> None:
    activity = world.published()
    person = world.volunteer()
    enrollment = world.enroll(person, activity)
    with pytest.raises(NotFound):
        world.withdraw(world.volunteer(), enrollment)
    world.clock.advance(hours=48)
    with pytest.raises(ShiftStarted):
        world.withdraw(person, enrollment)
