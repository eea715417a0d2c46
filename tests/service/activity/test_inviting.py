"""Whom organizers invite, and what becomes of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from services.activity.errors import ActivityNotEditable
from services.activity.schemas import invitations
from services.activity.use_cases import attending, inviting, reading
from services.attendance.events import HoursRecorded
from services.chassis.context import Caller
from services.chassis.errors import Forbidden, IllegalTransition, Invalid, NotFound
from services.chassis.ids import new_id
from tests.service.activity.conftest import World
from tests.service.activity.test_enrolling import at_once


def invite(world: World, activity: dict[str, Any], caller: Caller | None = None, **whom: Any) -> dict[str, Any]:
    """Invite to an activity of the team."""
    request = invitations.InviteVolunteers().parse({"activity_id": activity["activity_id"], **whom})
    with world.units(caller or world.administrator(world.team)) as uow:
        return inviting.invite_volunteers(request, uow)


def ids(*people: Caller) -> list[str]:
    return [str(person.volunteer_id) for person in people]


def listed(world: World, activity: dict[str, Any], caller: Caller | None = None, **query: Any) -> dict[str, Any]:
    """The invitations of an activity of the team."""
    request = invitations.ListInvitations().parse({"activity_id": activity["activity_id"], **query})
    with world.units(caller or world.administrator(world.team, "viewer")) as uow:
        return reading.list_invitations(request, uow)


def mine(world: World, person: Caller, **query: Any) -> list[dict[str, Any]]:
    """To what somebody was invited."""
    with world.units(person) as uow:
        page = reading.list_my_invitations(invitations.ListMyInvitations().parse(query), uow)
        return [{**item, "activity": item["activity"].id} for item in page["items"]]


def decline(world: World, person: Caller, invitation_id: str) -> dict[str, Any]:
    """Say no."""
    with world.units(person) as uow:
        request = invitations.DeclineInvitation().parse({"invitation_id": invitation_id})
        return inviting.decline_invitation(request, uow)


def outcomes(world: World, activity: dict[str, Any]) -> dict[str, str]:
    """What became of each volunteer's invitation."""
    return {item["volunteer_id"]: item["outcome"] for item in listed(world, activity, limit=100)["items"]}


def test_only_own_active_volunteers_are_invited_and_once_each(world: World) -> None:
    activity = world.published(shifts=[world.shift(capacity=5)])
    own, invited, enrolled = world.volunteer(), world.volunteer(), world.volunteer()
    elsewhere, above = world.volunteer(organization_id=world.zhuhai), world.volunteer(organization_id=world.guangzhou)
    pending = world.volunteer(status="pending_review")
    world.enroll(enrolled, activity)
    assert invite(world, activity, volunteer_ids=ids(invited))["invited"] == 1
    whom = [*ids(own, own, invited, enrolled, elsewhere, above, pending), new_id()]
    answer = invite(world, activity, volunteer_ids=whom)
    assert answer == {
        "invited": 1,
        "skipped": 6,
        "skipped_reasons": {"already_invited": 1, "already_enrolled": 1, "not_own_volunteer": 3, "not_active": 1},
        "more": False,
    }
    sent = world.units.published("invitation.sent")
    assert [e["data"]["volunteer_id"] for e in sent] == ids(invited, own)
    assert {e["data"]["organization_name"] for e in sent} == {"越秀区青年志愿者协会"}


def test_a_filter_invites_own_volunteers_by_skill_and_place(world: World) -> None:
    activity = world.published()
    fitting = world.volunteer(skills=["急救", "英语"], region="440104")
    world.volunteer(skills=["英语"], region="440104")
    world.volunteer(skills=["急救"], region="440402")
    world.volunteer(skills=["急救"], region="440104", organization_id=world.zhuhai)
    answer = invite(world, activity, filter={"skills": ["急救"], "region": "440100"})
    assert answer["invited"] == 1
    assert world.units.published("invitation.sent")[0]["data"]["volunteer_id"] == fitting.volunteer_id
    assert invite(world, activity, filter={})["invited"] == 2


def test_nobody_is_invited_to_a_draft_or_to_what_is_over(world: World) -> None:
    draft, activity, person = world.draft(), world.published(), world.volunteer()
    with pytest.raises(ActivityNotEditable):
        invite(world, draft, volunteer_ids=ids(person))
    world.clock.advance(hours=51)
    with pytest.raises(ActivityNotEditable):
        invite(world, activity, volunteer_ids=ids(person))


def test_an_invitation_names_people_or_a_filter_and_not_both() -> None:
    for whom in ({}, {"volunteer_ids": [new_id()], "filter": {}}):
        with pytest.raises(Invalid):
            invitations.InviteVolunteers().parse({"activity_id": new_id(), **whom})


def test_a_filter_knows_ages_on_the_day_and_an_age_that_is_not_known_fits_none(world: World) -> None:
    activity = world.published()
    day = world.at(hours=48).date()
    just_18, almost_18 = (world.volunteer(birth_date=date(day.year - 18, day.month, day.day + late)) for late in (0, 1))
    last_30 = world.volunteer(birth_date=date(day.year - 31, day.month, day.day + 1))
    for stranger in ({"birth_date": None}, {"birth_date": date(day.year - 31, day.month, day.day)}):
        world.volunteer(**stranger)
    assert invite(world, activity, filter={"min_age": 18, "max_age": 30})["invited"] == 2
    assert set(outcomes(world, activity)) == set(ids(just_18, last_30))
    assert invite(world, activity, filter={"max_age": 17})["invited"] == 1
    assert str(almost_18.volunteer_id) in outcomes(world, activity)


def test_a_filter_finds_those_who_have_served_this_organization_or_one_below(world: World) -> None:
    def serve(person: Caller, activity: dict[str, Any], *recorded: int) -> None:
        world.enroll(person, activity)
        for minutes in recorded:
            world.hears(attending.note_hours, hours(person, activity, minutes))

    def hours(person: Caller, activity: dict[str, Any], minutes: int) -> HoursRecorded:
        return HoursRecorded(
            record_id=new_id(),
            volunteer_id=str(person.volunteer_id),
            activity_id=activity["activity_id"],
            organization_id=activity["organization_id"],
            title=activity["title"],
            minutes=minutes,
            provenance="scan",
            served_on=world.clock.now().date().isoformat(),
            shift_id=activity["shifts"][0]["shift_id"],
        )

    served, corrected, elsewhere = world.volunteer(), world.volunteer(), world.volunteer()
    world.volunteer()
    here = world.published(shifts=[world.shift(capacity=5)])
    serve(served, here, 120)
    serve(corrected, here, 60, -60)
    serve(elsewhere, world.published_at(world.zhuhai), 120)
    activity = world.published()
    assert invite(world, activity, filter={"served_before": True})["invited"] == 1
    assert outcomes(world, activity) == {served.volunteer_id: "pending"}


def test_a_filter_says_that_there_are_more_and_the_same_request_goes_on(world: World) -> None:
    activity = world.published()
    people = [world.volunteer() for _ in range(5)]
    world.units.runtime = replace(
        world.units.runtime, settings=replace(world.units.runtime.settings, invitations_at_once=3)
    )
    answers = [invite(world, activity, filter={}) for _ in range(2)]
    assert [(answer["invited"], answer["more"]) for answer in answers] == [(3, True), (2, False)]
    assert set(outcomes(world, activity)) == set(ids(*people))


def test_what_became_of_each_invitation_is_listed_and_counted(world: World) -> None:
    activity = world.published(approval="manual", shifts=[world.shift(capacity=5)])
    names = ("silent", "no", "applied", "rejected", "taken", "withdrew", "came_after_all")
    people = {name: world.volunteer(name=name) for name in names}
    invite(world, activity, volunteer_ids=ids(*people.values()))
    numbers = {item["volunteer_name"]: item["invitation_id"] for item in listed(world, activity)["items"]}
    for name in ("no", "came_after_all"):
        assert decline(world, people[name], numbers[name])["outcome"] == "declined"
    asked = {name: world.enroll(people[name], activity) for name in names[2:]}
    world.decide(asked["taken"], accept=True)
    world.decide(asked["rejected"], accept=False, reason="人数已够")
    world.withdraw(people["withdrew"], asked["withdrew"])
    became = {item["volunteer_name"]: item["outcome"] for item in listed(world, activity)["items"]}
    assert became == {
        "silent": "pending",
        "no": "declined",
        "applied": "enrolled",
        "rejected": "enrolled",
        "taken": "accepted",
        "withdrew": "declined",
        "came_after_all": "enrolled",
    }
    page = listed(world, activity, outcome="enrolled", limit=2)
    assert [item["volunteer_name"] for item in page["items"]] == ["applied", "rejected"]
    assert page["counts"] == {"pending": 1, "declined": 2, "enrolled": 3, "accepted": 1, "lapsed": 0}
    rest = listed(world, activity, outcome="enrolled", limit=2, cursor=page["next_cursor"])
    assert [item["volunteer_name"] for item in rest["items"]] == ["came_after_all"]


def test_an_invitation_lapses_when_nobody_can_enroll_any_more(world: World) -> None:
    over, revoked = world.published(shifts=[world.shift(starts=24)]), world.published()
    person = world.volunteer()
    for activity in (over, revoked):
        invite(world, activity, volunteer_ids=ids(person))
    world.revoke(revoked["activity_id"])
    world.clock.advance(hours=23.99)
    assert [item["outcome"] for item in mine(world, person)] == ["lapsed", "pending"]
    world.clock.advance(hours=0.01)
    assert [(item["activity"], item["outcome"]) for item in mine(world, person, outcome="lapsed")] == [
        (revoked["activity_id"], "lapsed"),
        (over["activity_id"], "lapsed"),
    ]
    with pytest.raises(IllegalTransition) as refusal:
        decline(world, person, mine(world, person)[0]["invitation_id"])
    assert refusal.value.data == {"current": "lapsed", "attempted": "declined"}


def test_only_the_invited_decline_and_only_once(world: World) -> None:
    activity = world.published()
    person, other = world.volunteer(), world.volunteer()
    invite(world, activity, volunteer_ids=ids(person))
    (invitation,) = mine(world, person)
    with pytest.raises(NotFound):
        decline(world, other, invitation["invitation_id"])
    assert mine(world, other) == []
    decline(world, person, invitation["invitation_id"])
    with pytest.raises(IllegalTransition):
        decline(world, person, invitation["invitation_id"])
    assert world.enroll(person, activity)["status"] == "accepted"  # nobody is bound by a no, either
    with pytest.raises(IllegalTransition):
        decline(world, person, invitation["invitation_id"])


def test_only_its_administrators_see_who_was_invited(world: World) -> None:
    activity = world.published()
    invite(world, activity, volunteer_ids=ids(world.volunteer()))
    for caller in (world.administrator(world.zhuhai, "owner"), world.volunteer()):
        with pytest.raises(Forbidden):
            listed(world, activity, caller)
    assert len(listed(world, activity, world.administrator(world.province, "viewer"))["items"]) == 1


def test_two_organizers_who_invite_the_same_people_at_once_invite_each_once(world: World) -> None:
    activity = world.published()
    people = ids(*(world.volunteer() for _ in range(30)))
    answers = at_once([lambda: invite(world, activity, volunteer_ids=people) for _ in range(2)])
    assert sum(answer["invited"] for answer in answers) == 30
    assert len(world.units.published("invitation.sent")) == 30
