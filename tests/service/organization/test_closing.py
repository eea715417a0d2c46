"""Of somebody whose name did not match, nothing waits in a reviewer's inbox; a new attempt waits again."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest

from services.chassis.errors import AlreadyDecided
from services.chassis.ids import new_id
from services.identity.events import VolunteerChanged
from services.organization.recount import recount
from services.organization.schemas import reviews
from services.organization.use_cases import copies
from services.organization.use_cases import reviews as reviewing
from tests.service.organization.conftest import Node, Person, World
from tests.service.organization.test_memberships import transfer


def state(world: World, person: Person, status: str, version: int) -> None:
    """``volunteer.changed`` of that version arrives."""
    event = VolunteerChanged(
        volunteer_id=person.volunteer_id, account_id=person.account_id, volunteer_no=person.volunteer_no, name="陈小明",
        status=status, birth_date=None, region="440106", organization_id=new_id(), verified_in_person=False,
    )  # fmt: skip
    with world.units() as uow:
        copies.note_volunteer(event, version, uow)
    person.version = max(person.version, version)


def inbox(world: World, node: Node) -> tuple[int, int]:
    """How many wait, as counted and as listed."""
    counted = world.ask(reviewing.count_reviews, reviews.CountReviews, node.owner)["memberships"]
    page = world.ask(reviewing.list_membership_reviews, reviews.ListReviews, node.owner, kind="memberships")
    return counted, len(page.items)


def test_a_request_leaves_the_inbox_when_its_volunteer_is_rejected_and_says_why(world: World, team: Node) -> None:
    person = world.volunteer(team, approved=False)
    membership = world.pending(person)
    assert inbox(world, team) == (1, 1)
    state(world, person, "verifying", 2)  # corrected the name, and somebody has to look it up
    assert inbox(world, team) == (1, 1)
    state(world, person, "rejected", 3)
    assert (world.memberships_of(person), inbox(world, team)) == ([(team.id, "closed")], (0, 0))
    payload = {"kind": "memberships", "id": membership}
    (why,) = world.ask(reviewing.membership_review_history, reviews.ReviewHistory, team.owner, **payload)["items"]
    assert (why.outcome, why.decided_by) == ("closed", None)
    assert "未通过核验" in why.reason
    with pytest.raises(AlreadyDecided) as refusal:
        world.judge_membership(team.owner, membership, approve=True)
    assert refusal.value.data["status"] == "closed"
    assert recount(world.units.factory()) == []


def test_whoever_hands_in_again_waits_again_and_can_be_taken(world: World, team: Node) -> None:
    person = world.volunteer(team, approved=False)
    state(world, person, "rejected", 3)
    world.registered(person, team)
    assert (world.memberships_of(person), inbox(world, team)) == ([(team.id, "closed"), (team.id, "pending")], (1, 1))
    state(world, person, "rejected", 3)  # once more
    world.judge(team.owner, person, approve=True)
    assert world.memberships_of(person) == [(team.id, "closed"), (team.id, "approved")]
    assert recount(world.units.factory()) == []


def test_a_rejection_that_comes_late_does_not_close_what_was_handed_in_after_it(world: World, team: Node) -> None:
    person = world.volunteer(team, approved=False)
    world.registered(person, team, version=4)
    state(world, person, "rejected", 3)
    assert (world.memberships_of(person), inbox(world, team)) == ([(team.id, "pending")], (1, 1))


def test_particulars_that_come_after_the_rejection_of_their_volunteer_open_nothing(world: World, team: Node) -> None:
    person = Person(volunteer_no="GD000009")
    state(world, person, "rejected", 3)
    world.registered(person, team, version=2)
    assert (world.memberships_of(person), inbox(world, team)) == ([], (0, 0))
    world.registered(person, team, version=4)
    assert (world.memberships_of(person), inbox(world, team)) == ([(team.id, "pending")], (1, 1))


def test_a_transfer_of_somebody_rejected_is_closed_and_the_home_stays(
    world: World, team: Node, other_city: Node
) -> None:
    person = world.volunteer(team, approved=True)
    transfer(world, person, other_city)
    state(world, person, "rejected", person.version + 1)
    assert world.memberships_of(person) == [(team.id, "approved"), (other_city.id, "closed")]
    assert recount(world.units.factory()) == []


def test_particulars_and_a_rejection_that_arrive_at_once_leave_nothing_waiting(world: World, team: Node) -> None:
    people = [Person(volunteer_no=f"GD9{n:05d}") for n in range(6)]
    together = Barrier(2)

    def arrive(what: Any, person: Person, *rest: Any) -> None:
        together.wait(10)
        what(person, *rest)

    with ThreadPoolExecutor(2) as pool:
        for person in people:
            steps = [
                pool.submit(arrive, lambda one: world.registered(one, team, version=2), person),
                pool.submit(arrive, lambda one: state(world, one, "rejected", 3), person),
            ]
            for step in steps:
                step.result()
    assert inbox(world, team) == (0, 0)
    assert {status for person in people for _, status in world.memberships_of(person)} <= {"closed"}
