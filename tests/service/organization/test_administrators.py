"""Roles: given and ended by owners, effective at once, and never without an owner."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest

from services.chassis.context import Caller
from services.chassis.errors import Forbidden, Invalid, NotFound
from services.chassis.ids import new_id
from services.organization.errors import LastOwner
from services.organization.schemas import tree
from services.organization.use_cases import administration
from tests.service.organization.conftest import Node, World


def appoint(world: World, caller: Caller, node: Node, role: str, **whom: Any) -> Any:
    payload = {"organization_id": node.id, "role": role, **whom}
    return world.ask(administration.appoint_administrator, tree.AppointAdministrator, caller, **payload)


def dismiss(world: World, caller: Caller, node: Node, administrator_id: str) -> None:
    payload = {"organization_id": node.id, "administrator_id": administrator_id}
    world.ask(administration.dismiss_administrator, tree.DismissAdministrator, caller, **payload)


def holders(world: World, caller: Caller, node: Node) -> dict[str, Any]:
    payload = {"organization_id": node.id}
    page = world.ask(administration.list_administrators, tree.ListAdministrators, caller, **payload)
    return {row.account_id: row for row in page.items}


def test_a_role_is_told_and_works_at_once_and_ends_at_once(world: World, team: Node) -> None:
    person = world.volunteer(team, approved=True)
    given = appoint(world, team.owner, team, "owner", volunteer_no=person.volunteer_no)
    assert given["name"] == "陈小明"
    assert set(holders(world, person.caller, team)) == {person.account_id, team.owner.account_id}
    dismiss(world, team.owner, team, given["administrator_id"])
    with pytest.raises(Forbidden):
        holders(world, person.caller, team)
    again = appoint(world, team.owner, team, "owner", account_id=person.account_id)
    told = [
        (event["data"]["active"], event["aggregateversion"])
        for event in world.units.published("administrator.changed")
        if event["subject"] == given["administrator_id"]
    ]
    assert again["administrator_id"] == given["administrator_id"]
    assert told == [(True, 1), (False, 2), (True, 3)]


def test_a_role_that_is_held_already_is_not_given_twice(world: World, team: Node) -> None:
    person = world.volunteer(team, approved=True)
    first = appoint(world, team.owner, team, "viewer", volunteer_no=person.volunteer_no)
    told = len(world.units.published())
    assert appoint(world, team.owner, team, "viewer", volunteer_no=person.volunteer_no) == first
    assert len(world.units.published()) == told


def test_the_last_owner_stays(world: World, team: Node) -> None:
    (owner,) = holders(world, team.owner, team).values()
    with pytest.raises(LastOwner):
        dismiss(world, team.owner, team, owner.administrator_id)
    person = world.volunteer(team, approved=True)
    appoint(world, team.owner, team, "owner", volunteer_no=person.volunteer_no)
    dismiss(world, person.caller, team, owner.administrator_id)


def test_two_owners_who_dismiss_each_other_leave_one(world: World, team: Node) -> None:
    person = world.volunteer(team, approved=True)
    appoint(world, team.owner, team, "owner", volunteer_no=person.volunteer_no)
    rows = holders(world, team.owner, team)
    together = Barrier(2)

    def dismiss_the_other(pair: tuple[Caller, str]) -> str:
        caller, target = pair
        together.wait(10)
        try:
            dismiss(world, caller, team, target)
        except (LastOwner, Forbidden) as refusal:
            return refusal.code
        return "done"

    pairs = [
        (team.owner, rows[person.account_id].administrator_id),
        (person.caller, rows[str(team.owner.account_id)].administrator_id),
    ]
    with ThreadPoolExecutor(2) as pool:
        outcomes = list(pool.map(dismiss_the_other, pairs))
    assert outcomes.count("done") == 1
    with world.units() as uow:
        assert uow.administrators.owners(team.id) == 1


def test_only_owners_appoint_and_only_known_people_are_appointed(world: World, city: Node, team: Node) -> None:
    person = world.volunteer(team, approved=True)
    for caller in (world.holder(team, "reviewer"), Caller(kind="administrator", account_id=new_id())):
        with pytest.raises(Forbidden):
            appoint(world, caller, team, "viewer", volunteer_no=person.volunteer_no)
    for unknown, code in (
        ({"volunteer_no": "GD999999"}, "unknown_volunteer"),
        ({"account_id": new_id()}, "unknown_account"),
        ({}, "one_of_two"),
        ({"volunteer_no": person.volunteer_no, "account_id": person.account_id}, "one_of_two"),
    ):
        with pytest.raises(Invalid) as refusal:
            appoint(world, city.owner, team, "viewer", **unknown)
        assert refusal.value.errors[0].code == code
    appoint(world, city.owner, team, "viewer", volunteer_no=person.volunteer_no)


def test_an_administrator_of_another_organization_is_not_found_here(world: World, city: Node, team: Node) -> None:
    (row,) = holders(world, team.owner, team).values()
    with pytest.raises(NotFound):
        dismiss(world, city.owner, city, row.administrator_id)


def test_erasure_ends_roles_but_never_the_last_owner(world: World, team: Node) -> None:
    person = world.volunteer(team, approved=True)
    appoint(world, team.owner, team, "owner", volunteer_no=person.volunteer_no)
    world.erased(person)
    assert set(holders(world, team.owner, team)) == {team.owner.account_id}
