"""Drafting, publishing, editing, revoking and copying, and who may."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from services.activity.errors import ActivityNotEditable, ActivityOrganizationNotActive, EnrollmentClosed
from services.activity.schemas import activities
from services.activity.use_cases import drafting, reading, republishing
from services.chassis.context import ANONYMOUS, Caller
from services.chassis.errors import Forbidden, IllegalTransition, Invalid, NotFound
from tests.service.activity.conftest import World


def seen_by(world: World, caller: Caller, activity: dict[str, Any]) -> dict[str, Any]:
    """The activity as somebody sees it."""
    with world.units(caller) as uow:
        return reading.get_activity(activities.GetActivity().parse({"activity_id": activity["activity_id"]}), uow)


def fields_of(refusal: pytest.ExceptionInfo[Invalid]) -> set[str]:
    return {f"{error.field}:{error.code}" for error in refusal.value.errors}


@pytest.mark.parametrize("role", ["owner", "organizer"])
def test_those_who_run_activities_here_or_above_draft_and_publish(world: World, role: str) -> None:
    caller = world.administrator(world.province, role)
    activity = world.publish(world.draft(caller)["activity_id"], caller)
    assert (activity["status"], activity["phase"], activity["shifts"][0]["open"]) == ("published", "upcoming", 1)
    changed, published = (world.units.published(f"activity.{what}") for what in ("changed", "published"))
    assert [e["data"]["status"] for e in changed] == ["published"]
    assert published[0]["data"]["organization_id"] == world.team


@pytest.mark.parametrize("role", ["reviewer", "recorder", "viewer"])
def test_other_roles_see_a_draft_and_may_not_touch_it(world: World, role: str) -> None:
    draft = world.draft()
    caller = world.administrator(world.guangzhou, role)
    assert seen_by(world, caller, draft)["status"] == "draft"
    with pytest.raises(Forbidden):
        world.publish(draft["activity_id"], caller)


def test_a_draft_is_not_there_for_anybody_else(world: World) -> None:
    draft = world.draft()
    stranger = world.administrator(world.zhuhai, "owner")
    for caller in (ANONYMOUS, world.volunteer(), stranger):
        with pytest.raises(NotFound):
            seen_by(world, caller, draft)
    with pytest.raises(NotFound):
        world.publish(draft["activity_id"], stranger)
    world.publish(draft["activity_id"])
    assert seen_by(world, ANONYMOUS, draft)["status"] == "published"
    with pytest.raises(Forbidden):
        world.revoke(draft["activity_id"], stranger)


def test_an_organization_that_is_not_active_runs_no_activities(world: World) -> None:
    draft = world.draft()
    world.organization(world.team, world.province, world.guangzhou, status="disabled", version=2)
    above = world.administrator(world.guangzhou)
    with pytest.raises(ActivityOrganizationNotActive):
        world.draft(above)
    with pytest.raises(ActivityOrganizationNotActive):
        world.publish(draft["activity_id"], above)
    with pytest.raises(Forbidden):
        world.draft(world.administrator(world.team))


def test_a_draft_may_lack_everything_that_publishing_then_asks_for_at_once(world: World) -> None:
    with world.units(world.administrator(world.team)) as uow:
        request = activities.CreateActivity().parse({"organization_id": world.team, "title": "待定"})
        draft = drafting.create_activity(request, uow)
    with pytest.raises(Invalid) as refusal:
        world.publish(draft["activity_id"])
    demanded = ("category", "description", "region", "address", "contact", "enroll_by", "shifts")
    assert fields_of(refusal) == {f"{name}:required" for name in demanded}


def test_every_broken_policy_is_named_with_its_field_in_one_answer(world: World) -> None:
    draft = world.draft(
        title="补录上月会议",
        category="emergency",
        address="广州",
        enroll_by=world.at(hours=500).isoformat(),
        shifts=[world.shift(starts=48, hours=-1), world.shift(starts=-1)],
    )
    with pytest.raises(Invalid) as refusal:
        world.publish(draft["activity_id"])
    assert fields_of(refusal) == {
        "title:banned_word",
        "address:not_exact",
        "insurance_note:required",
        "risk_note:required",
        "requirements.min_age:too_young",
        "requirements.skills:required",
        "enroll_by:after_last_start",
        "shifts.0.ends_at:ends_before_start",
        "shifts.1.starts_at:not_in_future",
    }


def test_revoking_is_final_and_everybody_is_told(world: World) -> None:
    activity = world.published()
    accepted = world.enroll(world.volunteer(), activity)
    waiting = world.enroll(world.volunteer(), activity)
    gone = world.volunteer()
    world.withdraw(gone, world.enroll(gone, activity))
    revoked = world.revoke(activity["activity_id"])
    assert (revoked["status"], revoked["revocation_reason"]) == ("revoked", "台风预警")
    told = world.units.published("enrollment.called_off")
    assert {e["subject"] for e in told} == {accepted["enrollment_id"], waiting["enrollment_id"]}
    assert {e["data"]["reason"] for e in told} == {"台风预警"}
    assert (world.status(accepted), world.status(waiting)) == ("accepted", "lapsed")
    for again in (world.revoke, world.publish):
        with pytest.raises(IllegalTransition):
            again(activity["activity_id"])
    with pytest.raises(ActivityNotEditable):
        world.edit(activity["activity_id"], title="恢复活动")
    with pytest.raises(EnrollmentClosed):
        world.enroll(world.volunteer(), activity)


def test_a_draft_cannot_be_revoked(world: World) -> None:
    with pytest.raises(IllegalTransition):
        world.revoke(world.draft()["activity_id"])


def test_an_edit_keeps_the_ids_of_shifts_and_tells_the_others(world: World) -> None:
    activity = world.published(shifts=[world.shift(starts=48), world.shift(starts=72)])
    first, second = activity["shifts"]
    later = world.shift(starts=73, capacity=4)
    edited = world.edit(
        activity["activity_id"],
        title="越秀公园环境清洁（改期）",
        shifts=[world.shift(starts=48, shift_id=first["shift_id"]), {**later, "shift_id": second["shift_id"]}, later],
        enroll_by=later["starts_at"],
    )
    assert [s["shift_id"] for s in edited["shifts"]][:2] == [first["shift_id"], second["shift_id"]]
    event = world.units.published("activity.changed")[-1]
    assert (event["aggregateversion"], event["data"]["title"]) == (3, "越秀公园环境清洁（改期）")
    assert [s["capacity"] for s in event["data"]["shifts"]] == [1, 4, 4]


def test_an_edit_neither_takes_places_away_nor_removes_a_shift_with_people_in_it(world: World) -> None:
    activity = world.published(shifts=[world.shift(starts=48, capacity=2), world.shift(starts=72)])
    [first, second] = [shift["shift_id"] for shift in activity["shifts"]]
    for _ in range(2):
        world.enroll(world.volunteer(), activity)
    with pytest.raises(Invalid) as refusal:
        world.edit(activity["activity_id"], shifts=[world.shift(starts=48, capacity=1, shift_id=first)])
    assert fields_of(refusal) == {"shifts.0.capacity:below_accepted"}
    with pytest.raises(Invalid) as refusal:
        world.edit(activity["activity_id"], shifts=[world.shift(starts=72, shift_id=second)])
    assert fields_of(refusal) == {"shifts:shift_has_enrollments"}
    kept = world.edit(
        activity["activity_id"],
        shifts=[world.shift(starts=48, capacity=2, shift_id=first)],
        enroll_by=world.at(hours=48).isoformat(),
    )
    assert [shift["shift_id"] for shift in kept["shifts"]] == [first]


def test_a_shift_that_has_begun_may_stay_and_may_not_move(world: World) -> None:
    activity = world.published(shifts=[world.shift(starts=2), world.shift(starts=72)])
    [first, second] = [shift["shift_id"] for shift in activity["shifts"]]
    begun = world.shift(starts=2, shift_id=first)
    ahead = world.shift(starts=72, shift_id=second)
    world.clock.advance(hours=3)
    assert world.edit(activity["activity_id"], shifts=[begun, ahead])["phase"] == "ongoing"
    with pytest.raises(Invalid) as refusal:
        world.edit(activity["activity_id"], shifts=[world.shift(starts=-2, shift_id=first), ahead])
    assert fields_of(refusal) == {"shifts.0.starts_at:not_in_future"}


def test_what_has_ended_is_not_edited(world: World) -> None:
    activity = world.published()
    world.clock.advance(hours=51)
    with pytest.raises(ActivityNotEditable):
        world.edit(activity["activity_id"], title="换个名字")


def test_a_copy_is_a_draft_moved_to_the_day_one_names(world: World) -> None:
    original = world.published(shifts=[world.shift(starts=48), world.shift(starts=72)])
    with world.units(world.administrator(world.team)) as uow:
        request = {"activity_id": original["activity_id"], "starts_on": "2026-04-04"}  # 31 days after 4 March
        copy = drafting.copy_activity(activities.CopyActivity().parse(request), uow)
    assert (copy["status"], copy["title"]) == ("draft", original["title"])
    assert [s["starts_at"] for s in copy["shifts"]] == [s["starts_at"] + timedelta(days=31) for s in original["shifts"]]
    assert copy["shifts"][0]["shift_id"] != original["shifts"][0]["shift_id"]
    assert isinstance(copy["enroll_by"], datetime)


def test_what_others_copy_can_be_told_again(world: World) -> None:
    world.draft()
    activity = world.published()
    enrollment = world.enroll(world.volunteer(), activity)
    with world.units() as uow:
        told = {
            kind: [(event.subject, version) for event, version in tell(uow)]
            for kind, tell in republishing.STATE_EVENTS.items()
        }
    assert told == {"activity": [(activity["activity_id"], 2)], "enrollment": [(enrollment["enrollment_id"], 1)]}
