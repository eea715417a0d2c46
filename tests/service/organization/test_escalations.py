"""Reviews that nobody decides go to the organization above, in working days, once for each submission."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest

from services.chassis.context import Caller
from services.organization.domain import Kind
from services.organization.schemas import reviews, shaping, tree
from services.organization.use_cases import escalating, registration
from services.organization.use_cases import reviews as reviewing
from services.organization.use_cases import shaping as changing
from tests.service.organization.conftest import PLATFORM, Node, World
from tests.service.organization.test_delegations import lend
from tests.service.organization.test_reviews import inbox


def sweep(world: World) -> None:
    escalating.escalate_waiting(world.units)


def marks(world: World, caller: Caller, kind: str = "memberships", **filters: Any) -> dict[str, bool]:
    return {item["id"]: item["escalated"] for item in inbox(world, caller, kind, **filters)}


def told(world: World) -> list[tuple[str, str]]:
    """(subject, organization) of all that was escalated."""
    events = world.units.published("review.escalated")
    return [(event["data"]["subject_id"], event["data"]["organization_id"]) for event in events]


def reminded(world: World) -> Counter[tuple[str, int, int]]:
    """(account, memberships, organizations) of all messages."""
    data = [event["data"] for event in world.units.published("reviewer.reminded")]
    return Counter((each["account_id"], each["memberships"], each["organizations"]) for each in data)


def test_a_membership_goes_up_after_five_working_days_and_to_the_next_after_five_more(
    world: World, province: Node, city: Node, team: Node, other_city: Node
) -> None:
    membership_id = world.pending(world.volunteer(team, approved=False))  # Monday, 2 March 2026
    world.units.clock.advance(days=7)  # Monday again: the fifth working day has begun
    sweep(world)
    assert told(world) == []
    assert marks(world, city.owner) == {membership_id: False}
    world.units.clock.advance(hours=14)  # Tuesday, 00:00
    sweep(world)
    assert told(world) == [(membership_id, city.id)]
    (item,) = inbox(world, city.owner, escalated=True)
    assert (item["id"], item["escalated"], item["escalated_at"]) == (membership_id, True, world.units.clock.now())
    assert inbox(world, city.owner, escalated=False) == []
    for caller in (province.owner, team.owner):
        assert marks(world, caller) == marks(world, caller, escalated=False) == {membership_id: False}
        assert marks(world, caller, escalated=True) == {}
    assert marks(world, PLATFORM, escalated=True) == {membership_id: True}
    world.units.clock.advance(days=7)
    sweep(world)
    assert told(world) == [(membership_id, city.id), (membership_id, province.id)]
    assert marks(world, province.owner, escalated=True) == {membership_id: True}
    world.units.clock.advance(days=60)
    sweep(world)
    assert len(told(world)) == 2  # nobody is above the root


def test_an_organization_goes_to_the_one_above_the_one_that_should_decide(
    world: World, province: Node, city: Node
) -> None:
    hopeful = world.register(Kind.TEAM, city)
    world.register(Kind.CITY, province, region="440200")  # whose superior is the root: nobody is left to tell
    world.units.clock.advance(days=8)
    sweep(world)
    assert told(world) == [(hopeful.id, province.id)]
    assert marks(world, province.owner, "organizations", escalated=True) == {hopeful.id: True}
    assert hopeful.id not in marks(world, province.owner, "organizations", escalated=False)
    assert marks(world, city.owner, "organizations") == {hopeful.id: False}


def test_a_holiday_is_no_time_to_decide(world: World, city: Node, team: Node) -> None:
    world.units.clock.advance(days=211)  # Tuesday, 29 September 2026; the holiday: 1 to 7 October; worked: Sat 10
    membership_id = world.pending(world.volunteer(team, approved=False))
    world.units.clock.advance(days=12)  # Sunday, 11 October: 30 September, 8, 9, 10 October have passed
    sweep(world)
    assert told(world) == []
    world.units.clock.advance(days=1)  # Monday, the fifth
    sweep(world)
    assert told(world) == []
    world.units.clock.advance(days=1)
    sweep(world)
    assert told(world) == [(membership_id, city.id)]


def test_however_often_it_runs_each_organization_is_told_once(world: World, province: Node, team: Node) -> None:
    world.volunteer(team, approved=False)
    world.units.clock.advance(days=15)
    together = Barrier(3)

    def run(_: int) -> None:
        together.wait(10)
        sweep(world)

    with ThreadPoolExecutor(3) as pool:
        list(pool.map(run, range(3)))
    for _ in range(2):
        sweep(world)
        world.units.clock.advance(hours=1)
    assert len(told(world)) == len(set(told(world))) == 2
    assert set(reminded(world).values()) == {1}


def test_more_than_a_batch_goes_up_in_one_run(
    world: World, city: Node, team: Node, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(escalating, "BATCH", 2)
    waiting = {world.pending(world.volunteer(team, approved=False)) for _ in range(5)}
    world.units.clock.advance(days=8)
    sweep(world)
    assert set(told(world)) == {(membership_id, city.id) for membership_id in waiting}
    assert reminded(world) == {(city.owner.account_id, 5, 0): 1}


def test_each_reviewer_of_the_organization_above_gets_one_message_for_all(
    world: World, province: Node, city: Node, team: Node
) -> None:
    reviewer, _recorder = world.holder(city, "reviewer"), world.holder(city, "recorder")
    standing_in = world.holder(world.organization(Kind.TEAM, city), "reviewer")
    lend(world, reviewer, city, standing_in, ends=30)
    for _ in range(3):
        world.volunteer(team, approved=False)
    world.register(Kind.TEAM, team)
    world.units.clock.advance(days=8)
    sweep(world)
    told_to = (city.owner, reviewer, standing_in)
    assert reminded(world) == {(each.account_id, 3, 1): 1 for each in told_to}
    sweep(world)
    assert sum(reminded(world).values()) == 3
    assert marks(world, standing_in, escalated=True) == marks(world, city.owner, escalated=True) != {}


def test_what_was_decided_is_not_escalated_and_a_new_submission_begins_anew(
    world: World, province: Node, city: Node
) -> None:
    hopeful = world.register(Kind.TEAM, city)
    world.units.clock.advance(days=8)
    sweep(world)
    world.decide(city.owner, hopeful, approve=False, reason="材料不全")
    world.units.clock.advance(days=8)
    sweep(world)
    world.ask(registration.resubmit_organization, tree.OrganizationById, hopeful.owner, organization_id=hopeful.id)
    assert marks(world, province.owner, "organizations") == {hopeful.id: False}
    world.units.clock.advance(days=6)
    sweep(world)
    assert told(world) == [(hopeful.id, province.id)]
    world.units.clock.advance(days=2)
    sweep(world)
    assert told(world) == [(hopeful.id, province.id)] * 2
    assert marks(world, province.owner, "organizations", escalated=True) == {hopeful.id: True}


def test_after_a_move_the_new_superior_is_told_at_once_and_the_old_one_sees_it_no_more(
    world: World, province: Node, city: Node, team: Node
) -> None:
    unit = world.organization(Kind.UNIT, province, region="440000")
    membership_id = world.pending(world.volunteer(team, approved=False))
    world.units.clock.advance(days=9)
    sweep(world)
    payload = {"organization_id": team.id, "parent_id": unit.id}
    world.ask(changing.move_organization, shaping.MoveOrganization, province.owner, **payload)
    assert marks(world, unit.owner) == {membership_id: False}
    sweep(world)
    assert told(world) == [(membership_id, city.id), (membership_id, unit.id)]
    assert marks(world, unit.owner) == {membership_id: True}
    assert inbox(world, city.owner) == []


def test_a_disabled_superior_is_passed_over(world: World, province: Node, city: Node, team: Node) -> None:
    membership_id = world.pending(world.volunteer(team, approved=False))
    payload = {"organization_id": city.id, "reason": "整顿"}
    world.ask(changing.disable_organization, shaping.DisableOrganization, province.owner, **payload)
    world.units.clock.advance(days=8)
    sweep(world)
    assert told(world) == [(membership_id, province.id)]


def test_what_was_on_file_before_there_was_a_plan_is_looked_at_too(world: World, city: Node, team: Node) -> None:
    membership_id = world.pending(world.volunteer(team, approved=False))
    with world.units() as uow:
        uow.session.connection().exec_driver_sql("UPDATE membership SET escalates_at = DEFAULT")
    sweep(world)
    assert told(world) == []
    world.units.clock.advance(days=8)
    sweep(world)
    assert told(world) == [(membership_id, city.id)]


def test_a_review_that_somebody_is_deciding_waits_for_the_next_run(world: World, city: Node, team: Node) -> None:
    person = world.volunteer(team, approved=False)
    membership_id = world.pending(person)
    world.units.clock.advance(days=8)
    with world.units(team.owner) as uow:
        uow.memberships.lock_reviewable(membership_id)
        sweep(world)
        assert told(world) == []
    sweep(world)
    assert told(world) == [(membership_id, city.id)]


def test_a_page_of_what_was_escalated_continues_as_such(world: World, city: Node, team: Node) -> None:
    waiting = [world.pending(world.volunteer(team, approved=False)) for _ in range(3)]
    world.units.clock.advance(days=8)
    sweep(world)
    world.volunteer(team, approved=False)
    asked = {"kind": "memberships", "escalated": True, "limit": 2}
    first = world.ask(reviewing.list_membership_reviews, reviews.ListReviews, city.owner, **asked)
    asked["cursor"] = first.next_cursor
    second = world.ask(reviewing.list_membership_reviews, reviews.ListReviews, city.owner, **asked)
    assert [item["id"] for item in (*first.items, *second.items)] == sorted(waiting)
    assert second.next_cursor is None
