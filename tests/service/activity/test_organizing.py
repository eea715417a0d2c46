"""What organizers do with those who enroll."""

from __future__ import annotations

import pytest

from services.activity.errors import ShiftFull, ShiftStarted
from services.activity.schemas import enrollments
from services.activity.use_cases import deciding, reading
from services.chassis.errors import AlreadyDecided, Forbidden, Invalid, NotFound
from services.chassis.ids import new_id
from tests.service.activity.conftest import World


def test_a_manual_activity_waits_for_the_organizers_decision(world: World) -> None:
    activity = world.published(approval="manual", shifts=[world.shift(capacity=1)])
    one, two, three = (world.enroll(world.volunteer(), activity) for _ in range(3))
    assert one["status"] == "applied"
    assert world.decide(one, accept=True)["status"] == "accepted"
    with pytest.raises(ShiftFull):
        world.decide(two, accept=True)
    assert world.decide(three, accept=False, reason="需要急救经验")["reason"] == "需要急救经验"
    assert [e["data"]["reason"] for e in world.units.published("enrollment.rejected")] == ["需要急救经验"]
    with pytest.raises(AlreadyDecided) as refusal:
        world.decide(one, accept=False, reason="改主意")
    assert refusal.value.data == {"status": "accepted"}


def test_a_rejection_without_a_reason_names_the_field() -> None:
    for reason in ({}, {"reason": None}):
        with pytest.raises(Invalid) as refusal:
            enrollments.DecideEnrollment().parse({"enrollment_id": new_id(), "accept": False, **reason})
        assert [(e.field, e.code) for e in refusal.value.errors] == [("reason", "required")]
    enrollments.DecideEnrollment().parse({"enrollment_id": new_id(), "accept": True})


def test_a_listed_reason_is_told_in_words_before_the_organizers_own(world: World) -> None:
    activity = world.published(approval="manual")
    one, two = (world.enroll(world.volunteer(), activity) for _ in range(2))
    assert world.decide(one, accept=False, reason_code="enough_people")["reason_code"] == "enough_people"
    answer = world.decide(two, accept=False, reason_code="training_needed", reason="三月十二日有一场")
    assert (answer["reason_code"], answer["reason"]) == ("training_needed", "须先参加岗前培训：三月十二日有一场")
    told = [event["data"]["reason"] for event in world.units.published("enrollment.rejected")]
    assert told == ["人数已满", "须先参加岗前培训：三月十二日有一场"]
    with pytest.raises(Invalid) as refusal:
        world.decide(two, accept=False, reason_code="because")
    assert [(e.field, e.code) for e in refusal.value.errors] == [("reason_code", "not_a_choice")]


def test_the_list_has_every_reason_in_both_languages(world: World) -> None:
    query = enrollments.ListRejectionReasons().parse({"kind": "enrollments"})
    with world.units() as uow:
        listed = deciding.list_rejection_reasons(query, uow)["items"]
    for reason in listed:
        enrollments.DecideEnrollment().parse(
            {"enrollment_id": new_id(), "accept": False, "reason_code": reason["code"]}
        )
        assert reason["zh"] != reason["en"]
    assert {"enough_people", "other"} <= {reason["code"] for reason in listed}


def test_only_those_who_run_the_activity_decide(world: World) -> None:
    activity = world.published(approval="manual")
    enrollment = world.enroll(world.volunteer(), activity)
    with pytest.raises(NotFound):
        world.decide(enrollment, accept=True, caller=world.administrator(world.zhuhai, "owner"))
    with pytest.raises(Forbidden):
        world.decide(enrollment, accept=True, caller=world.administrator(world.team, "viewer"))
    assert world.decide(enrollment, accept=True, caller=world.administrator(world.province, "owner"))


def test_nobody_is_accepted_after_the_start(world: World) -> None:
    activity = world.published(approval="manual")
    enrollment = world.enroll(world.volunteer(), activity)
    world.clock.advance(hours=48)
    with pytest.raises(ShiftStarted):
        world.decide(enrollment, accept=True)


def test_many_decisions_have_a_result_each(world: World) -> None:
    activity = world.published(approval="manual", shifts=[world.shift(capacity=1)])
    other = world.enroll(world.volunteer(), world.published(approval="manual"))
    one, two, three = (world.enroll(world.volunteer(), activity) for _ in range(3))
    decisions = [
        {"enrollment_id": one["enrollment_id"], "accept": True},
        {"enrollment_id": two["enrollment_id"], "accept": True},
        {"enrollment_id": three["enrollment_id"], "accept": False, "reason_code": "enough_people"},
        {"enrollment_id": other["enrollment_id"], "accept": True},
        {"enrollment_id": one["enrollment_id"], "accept": True},
    ]
    request = enrollments.DecideEnrollments().parse({"activity_id": activity["activity_id"], "decisions": decisions})
    with world.units(world.administrator(world.team)) as uow:
        results = deciding.decide_enrollments(request, uow)["items"]
    assert [(r["status"], r["error"] and r["error"]["code"]) for r in results] == [
        ("accepted", None),
        (None, "shift_full"),
        ("rejected", None),
        (None, "not_found"),
        (None, "already_decided"),
    ]
    assert world.statuses(activity) == ["accepted", "applied", "rejected"]


def test_organizers_see_who_enrolled_page_by_page(world: World) -> None:
    activity = world.published(shifts=[world.shift(capacity=2)])
    for number in range(5):
        world.enroll(world.volunteer(name=f"志愿者{number}", volunteer_no=f"44010000000{number}"), activity)
    names, cursor = [], None
    while True:
        request = {"activity_id": activity["activity_id"], "limit": 2} | ({"cursor": cursor} if cursor else {})
        with world.units(world.administrator(world.team, "viewer")) as uow:
            page = reading.list_enrollments(enrollments.ListEnrollments().parse(request), uow)
        names += [(item["volunteer_name"], item["position"]) for item in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert names == [("志愿者0", None), ("志愿者1", None), ("志愿者2", 1), ("志愿者3", 2), ("志愿者4", 3)]
    with pytest.raises(Forbidden), world.units(world.volunteer()) as uow:
        reading.list_enrollments(enrollments.ListEnrollments().parse({"activity_id": activity["activity_id"]}), uow)
