"""Volunteers who leave, owners who hand over, and lists of members that are taken away."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest

from services.chassis.context import Caller
from services.chassis.errors import Forbidden, Invalid
from services.chassis.ids import new_id
from services.organization.errors import LastOwner, NoMembershipYet
from services.organization.schemas import members, tree
from services.organization.use_cases import administration, leaving, memberships
from tests.service.organization.conftest import Node, Person, World


def leave(world: World, person: Person) -> None:
    world.ask(leaving.leave_organization, members.LeaveOrganization, person.caller)


def transfer(world: World, caller: Caller, node: Node, account_id: str | None) -> Any:
    payload = {"organization_id": node.id, "account_id": account_id}
    return world.ask(administration.transfer_ownership, members.TransferOwnership, caller, **payload)


def listed(world: World, node: Node, **filters: Any) -> list[str]:
    payload = {"organization_id": node.id, "as_file": False, **filters}
    page = world.ask(memberships.list_members, tree.ListMembersAs, node.owner, **payload)
    return [row.volunteer_id for row in page.items]


def owners(world: World, node: Node) -> int:
    with world.units() as uow:
        return int(uow.administrators.owners(node.id))


def test_whoever_leaves_has_no_home_until_another_organization_takes_them(world: World, team: Node, city: Node) -> None:
    person = world.volunteer(team, approved=True)
    leave(world, person)
    (left,) = world.units.published("membership.left")
    assert (left["data"]["organization_id"], left["aggregateversion"]) == (team.id, 3)
    assert world.memberships_of(person) == [(team.id, "left")]
    with pytest.raises(NoMembershipYet):
        leave(world, person)
    world.ask(memberships.request_transfer, tree.RequestTransfer, person.caller, organization_id=city.id)
    world.judge(city.owner, person, approve=True)
    assert world.memberships_of(person) == [(team.id, "left"), (city.id, "approved")]
    assert len(world.units.published("membership.left")) == 1


def test_whoever_was_never_taken_cannot_leave(world: World, team: Node) -> None:
    person = world.volunteer(team, approved=False)
    with pytest.raises(NoMembershipYet):
        leave(world, person)
    assert world.memberships_of(person) == [(team.id, "pending")]


def test_members_are_found_by_what_they_are_and_when_they_joined(world: World, team: Node) -> None:
    first = world.volunteer(team, approved=True, political_status="league_member")
    world.units.clock.advance(days=2)
    second = world.volunteer(team, approved=True)
    joined = world.units.clock.now().date().isoformat()
    assert listed(world, team) == [first.volunteer_id, second.volunteer_id]
    assert listed(world, team, political_status="league_member") == [first.volunteer_id]
    assert listed(world, team, joined_since=joined) == [second.volunteer_id]
    assert listed(world, team, joined_until=joined, query=first.volunteer_no) == [first.volunteer_id]


def test_a_list_that_is_taken_away_is_in_the_audit_log_and_shows_no_number(world: World, team: Node) -> None:
    world.volunteer(team, approved=True)
    payload = {"organization_id": team.id, "as_file": True}
    page = world.ask(memberships.export_members, tree.ListMembersAs, team.owner, **payload)
    assert [row.phone_masked for row in page.items] == ["138****0000"]
    with world.units() as uow:
        row = uow.session.connection().exec_driver_sql(
            "SELECT actor_id, subject, details::text FROM audit_log WHERE action = 'membership.export'"
        ).one()  # fmt: skip
    assert tuple(row) == (team.owner.account_id, f"organization:{team.id}", '{"rows": 1}')


def test_an_owner_hands_over_in_one_step_and_is_owner_no_longer(world: World, team: Node, city: Node) -> None:
    heir = world.volunteer(team, approved=True)
    for caller in (city.owner, world.holder(team, "reviewer"), Caller(kind="administrator", account_id=new_id())):
        with pytest.raises(Forbidden):
            transfer(world, caller, team, heir.account_id)
    for account_id in (new_id(), team.owner.account_id):
        with pytest.raises(Invalid):
            transfer(world, team.owner, team, account_id)
    assert transfer(world, team.owner, team, heir.account_id)["role"] == "owner"
    assert owners(world, team) == 1
    with pytest.raises(Forbidden):
        transfer(world, team.owner, team, heir.account_id)
    transfer(world, heir.caller, team, team.owner.account_id)


def test_two_owners_who_dismiss_each_other_at_once_leave_one(world: World, team: Node) -> None:
    second = world.holder(team, "owner")
    with world.units() as uow:
        ids = [uow.administrators.find(team.id, c.account_id, "owner").id for c in (team.owner, second)]
    together = Barrier(2)

    def dismiss(pair: tuple[Caller, str]) -> str:
        together.wait(10)
        try:
            payload = {"organization_id": team.id, "administrator_id": pair[1]}
            world.ask(administration.dismiss_administrator, tree.DismissAdministrator, pair[0], **payload)
        except (LastOwner, Forbidden) as refusal:
            return refusal.code
        return "dismissed"

    with ThreadPoolExecutor(2) as pool:
        outcomes = sorted(pool.map(dismiss, ((team.owner, ids[1]), (second, ids[0]))))
    assert outcomes[0] == "dismissed"
    assert outcomes[1] in ("last_owner", "forbidden")
    assert owners(world, team) == 1
