"""Reviewing in another's place: who may lend it to whom, what it reaches, and what ends it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from threading import Barrier
from typing import Any

import pytest

from services.chassis.clock import local_day
from services.chassis.context import Caller
from services.chassis.errors import AlreadyDecided, AppError, Forbidden, Invalid, NotFound
from services.chassis.ids import new_id
from services.organization.domain import Kind
from services.organization.errors import DelegationOverlaps, OwnApplication
from services.organization.schemas import delegations, reviews, shaping, tree
from services.organization.use_cases import administration, republishing
from services.organization.use_cases import delegations as lending
from services.organization.use_cases import reviews as reviewing
from services.organization.use_cases import shaping as changing
from tests.service.organization.conftest import ANYBODY, PLATFORM, Node, Person, World
from tests.service.organization.test_reviews import counts, inbox


def lend(world: World, caller: Caller, node: Node, to: Caller, *, starts: int = 0, ends: int = 6) -> Any:
    today = local_day(world.units.clock.now())
    payload = {
        "organization_id": node.id,
        "account_id": to.account_id,
        "starts_on": (today + timedelta(days=starts)).isoformat(),
        "ends_on": (today + timedelta(days=ends)).isoformat(),
    }
    return world.ask(lending.delegate_reviews, delegations.DelegateReviews, caller, **payload)


def revoke(world: World, caller: Caller, node: Node, delegation_id: str) -> None:
    payload = {"organization_id": node.id, "delegation_id": delegation_id}
    world.ask(lending.revoke_delegation, delegations.RevokeDelegation, caller, **payload)


def listed(world: World, caller: Caller, node: Node) -> list[tuple[str, bool]]:
    page = world.ask(lending.list_delegations, delegations.ListDelegations, caller, organization_id=node.id)
    return [(row.delegation_id, row.in_force) for row in page.items]


def mine(world: World, caller: Caller, side: str) -> list[str]:
    page = world.ask(lending.list_my_delegations, delegations.ListMyDelegations, caller, side=side)
    return [row.delegation_id for row in page.items]


def dismiss(world: World, node: Node, account: Caller) -> None:
    page = world.ask(
        administration.list_administrators, tree.ListAdministrators, node.owner, organization_id=node.id, limit=100
    )
    (administrator_id,) = [row.administrator_id for row in page.items if row.account_id == account.account_id]
    payload = {"organization_id": node.id, "administrator_id": administrator_id}
    world.ask(administration.dismiss_administrator, tree.DismissAdministrator, node.owner, **payload)


def appoint(world: World, node: Node, account: Caller, role: str) -> None:
    payload = {"organization_id": node.id, "account_id": account.account_id, "role": role}
    world.ask(administration.appoint_administrator, tree.AppointAdministrator, node.owner, **payload)


def told(world: World) -> list[tuple[str, str, bool, int]]:
    """(delegation, who stands in, revoked, version) of each event so far."""
    events = world.units.published("delegation.changed")
    return [
        (data["delegation_id"], data["account_id"], data["revoked"], event["aggregateversion"])
        for event in events
        for data in [event["data"]]
    ]


@pytest.fixture
def neighbour(world: World, city: Node) -> Caller:
    """Who owns another team in Guangzhou, and so reviews under the same parent."""
    return world.organization(Kind.TEAM, city, name="越秀志愿服务队").owner


@pytest.fixture
def waiting(world: World, team: Node) -> Person:
    """A volunteer who waits for the team's review."""
    return world.volunteer(team, approved=False)


def refused(world: World, caller: Caller, person: Person) -> bool:
    """Whether the caller neither sees the review nor decides it."""
    with pytest.raises(NotFound):
        world.judge(caller, person, approve=True)
    return counts(world, caller)[0] == 0 and inbox(world, caller) == []


def test_a_delegate_sees_the_inbox_and_decides_and_it_is_known_in_whose_place(
    world: World, team: Node, neighbour: Caller, waiting: Person
) -> None:
    membership_id = world.pending(waiting)
    assert refused(world, neighbour, waiting)
    lend(world, team.owner, team, neighbour)
    assert counts(world, neighbour) == (1, 0)
    assert [item["id"] for item in inbox(world, neighbour)] == [membership_id]
    world.judge(neighbour, waiting, approve=True)
    asked = {"kind": "memberships", "id": membership_id}
    (decision,) = world.ask(reviewing.membership_review_history, reviews.ReviewHistory, neighbour, **asked)["items"]
    assert (decision.decided_by, decision.on_behalf_of) == (neighbour.account_id, team.owner.account_id)
    with world.units() as uow:
        details = uow.session.connection().exec_driver_sql(
            "SELECT details FROM audit_log WHERE action = 'review.decide' ORDER BY id DESC"
        )
        assert details.scalar() == {"outcome": "approved", "on_behalf_of": team.owner.account_id}


def test_a_delegation_reaches_the_reviews_of_organizations_too(world: World, city: Node, other_city: Node) -> None:
    hopeful = world.register(Kind.TEAM, city)
    lend(world, city.owner, city, other_city.owner)
    assert counts(world, other_city.owner) == (0, 1)
    asked = {"kind": "organizations", "id": hopeful.id}
    assert world.ask(reviewing.organization_review_history, reviews.ReviewHistory, other_city.owner, **asked)
    world.decide(other_city.owner, hopeful)
    (decision,) = world.ask(reviewing.organization_review_history, reviews.ReviewHistory, city.owner, **asked)["items"]
    assert decision.on_behalf_of == city.owner.account_id


def test_whoever_has_the_right_decides_in_their_own_name(world: World, city: Node, team: Node, waiting: Person) -> None:
    lend(world, team.owner, team, city.owner)
    membership_id = world.pending(waiting)
    world.judge(city.owner, waiting, approve=True)
    asked = {"kind": "memberships", "id": membership_id}
    (decision,) = world.ask(reviewing.membership_review_history, reviews.ReviewHistory, city.owner, **asked)["items"]
    assert (decision.decided_by, decision.on_behalf_of) == (city.owner.account_id, None)


def test_a_delegation_lends_reviewing_and_nothing_else(
    world: World, team: Node, neighbour: Caller, waiting: Person
) -> None:
    lend(world, team.owner, team, neighbour)
    with pytest.raises(Forbidden):
        world.ask(
            administration.list_administrators, tree.ListAdministrators, neighbour, organization_id=team.id, limit=10
        )
    with pytest.raises(Forbidden):
        listed(world, neighbour, team)
    with pytest.raises(Forbidden):
        appoint(world, replace(team, owner=neighbour), neighbour, "owner")


def test_it_begins_and_ends_with_the_days_that_were_named(
    world: World, team: Node, neighbour: Caller, waiting: Person
) -> None:
    lend(world, team.owner, team, neighbour, starts=1, ends=2)
    assert refused(world, neighbour, waiting)
    world.units.clock.advance(days=1)
    assert counts(world, neighbour) == (1, 0)
    world.units.clock.advance(days=1)
    assert counts(world, neighbour) == (1, 0)
    world.units.clock.advance(days=1)
    assert refused(world, neighbour, waiting)


@pytest.mark.parametrize("who", ["delegator", "owner", "above"])
def test_the_delegator_and_the_owners_revoke_it_at_once(
    world: World, city: Node, team: Node, neighbour: Caller, waiting: Person, who: str
) -> None:
    reviewer = world.holder(team, "reviewer")
    delegation_id = lend(world, reviewer, team, neighbour).delegation_id
    assert listed(world, city.owner, team) == [(delegation_id, True)]
    for caller, refusal in (
        (neighbour, Forbidden),
        (world.holder(team, "reviewer"), Forbidden),
        (world.holder(city, "organizer"), NotFound),
        (Caller(kind="administrator", account_id=new_id()), NotFound),
    ):
        with pytest.raises(refusal):
            revoke(world, caller, team, delegation_id)
    assert counts(world, neighbour) == (1, 0)
    for _ in range(2):
        revoke(world, {"delegator": reviewer, "owner": team.owner, "above": city.owner}[who], team, delegation_id)
    assert refused(world, neighbour, waiting)
    assert listed(world, team.owner, team) == [(delegation_id, False)]
    assert told(world) == [
        (delegation_id, neighbour.account_id, False, 1),
        (delegation_id, neighbour.account_id, True, 2),
    ]


def test_a_delegation_is_found_at_its_own_organization_alone(world: World, city: Node, team: Node) -> None:
    delegation_id = lend(world, city.owner, city, team.owner).delegation_id
    with pytest.raises(NotFound):
        revoke(world, city.owner, team, delegation_id)


def test_a_dismissal_ends_it_at_once_and_a_new_appointment_does_not_bring_it_back(
    world: World, team: Node, neighbour: Caller, waiting: Person
) -> None:
    reviewer = world.holder(team, "reviewer")
    lend(world, reviewer, team, neighbour)
    assert counts(world, neighbour) == (1, 0)
    dismiss(world, team, reviewer)
    assert refused(world, neighbour, waiting)
    world.units.clock.advance(minutes=1)
    appoint(world, team, reviewer, "reviewer")
    assert refused(world, neighbour, waiting)


def test_a_delegate_who_reviews_nowhere_any_more_does_not_review_here(
    world: World, city: Node, team: Node, waiting: Person
) -> None:
    other = world.organization(Kind.TEAM, city)
    delegate = world.holder(other, "reviewer")
    lend(world, team.owner, team, delegate)
    assert counts(world, delegate) == (1, 0)
    dismiss(world, other, delegate)
    assert refused(world, delegate, waiting)


def test_a_delegate_whose_organization_moves_away_does_not_review_here(
    world: World, province: Node, city: Node, other_city: Node, team: Node, waiting: Person
) -> None:
    unit = world.organization(Kind.UNIT, province, region="440000")
    other = world.organization(Kind.TEAM, city, region="440100")
    lend(world, team.owner, team, other.owner)
    assert counts(world, other.owner) == (1, 0)
    payload = {"organization_id": other.id, "parent_id": unit.id}
    world.ask(changing.move_organization, shaping.MoveOrganization, province.owner, **payload)
    assert refused(world, other.owner, waiting)


def test_a_disabled_organization_lends_nobody_power(
    world: World, city: Node, team: Node, neighbour: Caller, waiting: Person
) -> None:
    delegation_id = lend(world, team.owner, team, neighbour).delegation_id
    payload = {"organization_id": team.id, "reason": "整顿"}
    world.ask(changing.disable_organization, shaping.DisableOrganization, city.owner, **payload)
    assert refused(world, neighbour, waiting)
    assert listed(world, city.owner, team) == [(delegation_id, False)]


def test_what_was_borrowed_cannot_be_lent(world: World, city: Node, team: Node, neighbour: Caller) -> None:
    lend(world, team.owner, team, neighbour)
    third = world.organization(Kind.TEAM, city).owner
    for caller in (neighbour, city.owner, world.holder(team, "organizer"), PLATFORM):
        with pytest.raises(Forbidden):
            lend(world, caller, team, third, starts=20, ends=21)
    lend(world, team.owner, team, third, starts=20, ends=21)


def test_only_who_reviews_under_the_same_parent_or_above_may_stand_in(
    world: World, province: Node, city: Node, team: Node, other_city: Node, neighbour: Caller
) -> None:
    for stranger in (
        Caller(kind="administrator", account_id=new_id()),
        world.volunteer(team, approved=True).caller,
        world.holder(team, "organizer"),
        other_city.owner,
        team.owner,
        world.register(Kind.TEAM, city).owner,
    ):
        with pytest.raises(Invalid) as refusal:
            lend(world, team.owner, team, stranger)
        assert refusal.value.errors[0].field == "account_id"
    below = world.organization(Kind.TEAM, team).owner
    for place, trusted in enumerate((neighbour, below, world.holder(city, "reviewer"), province.owner)):
        lend(world, team.owner, team, trusted, starts=place, ends=place)
    lend(world, province.owner, province, neighbour)  # below the root: everybody who reviews


def test_one_delegate_at_a_time(world: World, city: Node, team: Node, neighbour: Caller) -> None:
    third = world.organization(Kind.TEAM, city).owner
    first = lend(world, team.owner, team, neighbour, ends=3).delegation_id
    with pytest.raises(DelegationOverlaps):
        lend(world, team.owner, team, third, starts=3, ends=5)
    lend(world, world.holder(team, "reviewer"), team, third, starts=3, ends=5)
    revoke(world, team.owner, team, first)
    lend(world, team.owner, team, third, starts=3, ends=5)


def test_two_delegations_at_once_leave_one(world: World, team: Node, neighbour: Caller) -> None:
    together = Barrier(2)

    def attempt(_: int) -> str:
        together.wait(10)
        try:
            lend(world, team.owner, team, neighbour)
        except AppError as refusal:
            return refusal.code
        return "lent"

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(attempt, range(2))) == ["delegation_overlaps", "lent"]


def test_both_sides_see_it_and_nobody_else(world: World, team: Node, neighbour: Caller, other_city: Node) -> None:
    first = lend(world, team.owner, team, neighbour, ends=1).delegation_id
    world.units.clock.advance(minutes=1)
    second = lend(world, team.owner, team, neighbour, starts=2).delegation_id
    assert mine(world, team.owner, "given") == mine(world, neighbour, "received") == [second, first]
    assert mine(world, team.owner, "received") == mine(world, neighbour, "given") == []
    assert listed(world, team.owner, team) == [(second, False), (first, True)]
    with pytest.raises(Forbidden):
        listed(world, other_city.owner, team)
    with pytest.raises(AppError):
        mine(world, ANYBODY, "given")


def test_of_reviewer_and_delegate_at_once_one_wins_and_the_other_learns_what_was_decided(
    world: World, team: Node, neighbour: Caller, waiting: Person
) -> None:
    lend(world, team.owner, team, neighbour)
    membership_id = world.pending(waiting)
    together = Barrier(2)

    def decide(caller: Caller) -> str:
        together.wait(10)
        approve = caller is neighbour
        try:
            return str(world.judge_membership(caller, membership_id, approve=approve, reason="不符合")["status"])
        except AlreadyDecided as late:
            return f"late:{late.data['status']}"

    with ThreadPoolExecutor(2) as pool:
        outcomes = sorted(pool.map(decide, (neighbour, team.owner)))
    assert outcomes in (["approved", "late:approved"], ["late:rejected", "rejected"])


def test_nobody_decides_their_own_membership_nor_has_it_decided_in_their_place(
    world: World, city: Node, team: Node, neighbour: Caller
) -> None:
    person = world.volunteer(city, approved=True)
    appoint(world, team, person.caller, "reviewer")
    applying = world.volunteer(team, approved=False)
    world.registered(person, team)  # a new attempt: the reviewer asks for the team as home
    lend(world, person.caller, team, neighbour)
    for caller in (person.caller, neighbour):
        assert counts(world, caller) == (2, 0)
        with pytest.raises(OwnApplication):
            world.judge(caller, person, approve=True)
    world.judge(neighbour, applying, approve=True)
    world.judge(team.owner, person, approve=True)


def test_nobody_decides_about_their_own_organization_with_borrowed_power(
    world: World, province: Node, city: Node, other_city: Node, neighbour: Caller
) -> None:
    hopeful = world.register(Kind.TEAM, city, account_id=neighbour.account_id)
    lend(world, city.owner, city, neighbour)
    with pytest.raises(OwnApplication):
        world.decide(neighbour, hopeful)
    world.decide(city.owner, hopeful)


def test_an_erased_account_lends_and_borrows_nothing(world: World, city: Node, team: Node) -> None:
    person = world.volunteer(city, approved=True)
    appoint(world, city, person.caller, "reviewer")
    delegation_id = lend(world, team.owner, team, person.caller).delegation_id
    world.erased(person)
    assert listed(world, team.owner, team) == [(delegation_id, False)]
    with world.units() as uow:
        revoked = uow.session.connection().exec_driver_sql("SELECT revoked_at FROM delegation").scalar()
    assert revoked is not None
    assert told(world)[-1] == (delegation_id, person.account_id, True, 2)


def test_delegations_are_told_again_as_they_are_now(world: World, team: Node, neighbour: Caller) -> None:
    first = lend(world, team.owner, team, neighbour).delegation_id
    revoke(world, team.owner, team, first)
    second = lend(world, team.owner, team, neighbour).delegation_id
    with world.units() as uow:
        states = list(republishing.STATE_EVENTS["delegation"](uow))
    assert {(state.subject, state.revoked, version) for state, version in states} == {  # type: ignore[attr-defined]
        (first, True, 2),
        (second, False, 1),
    }
