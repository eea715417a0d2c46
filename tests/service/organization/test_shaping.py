"""Moves of subtrees, and organizations that go out of service and come back."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest

from services.chassis.context import Caller
from services.chassis.errors import AppError, Forbidden, IllegalTransition, Invalid, NotFound
from services.chassis.ids import new_id
from services.organization.domain import MAX_LEVELS, Kind
from services.organization.errors import MoveUnderItself, OrganizationTakesNoMembers
from services.organization.schemas import shaping, tree
from services.organization.use_cases import memberships
from services.organization.use_cases import shaping as changing
from services.organization.use_cases import tree as looking
from tests.service.organization.conftest import ANYBODY, PLATFORM, Node, World


def move(world: World, caller: Caller, node: Node, parent: Node | str) -> Any:
    parent_id = parent if isinstance(parent, str) else parent.id
    payload = {"organization_id": node.id, "parent_id": parent_id}
    return world.ask(changing.move_organization, shaping.MoveOrganization, caller, **payload)


def disable(world: World, caller: Caller, node: Node) -> Any:
    payload = {"organization_id": node.id, "reason": "长期未开展活动"}
    return world.ask(changing.disable_organization, shaping.DisableOrganization, caller, **payload)


def enable(world: World, caller: Caller, node: Node) -> Any:
    return world.ask(changing.enable_organization, tree.OrganizationById, caller, organization_id=node.id)


def told(world: World) -> list[tuple[str, list[str], int]]:
    return [
        (event["subject"], event["data"]["path"], event["aggregateversion"])
        for event in world.units.published("organization.changed")
    ]


def path_of(world: World, node: Node) -> list[str]:
    return next(path for subject, path, _ in reversed(told(world)) if subject == node.id)


@pytest.fixture
def system(world: World, province: Node) -> Node:
    return world.organization(Kind.SYSTEM, province, region="440000")


@pytest.fixture
def unit(world: World, city: Node) -> Node:
    return world.organization(Kind.UNIT, city, name="某单位")


def test_a_subtree_moves_with_every_node_and_all_of_it_is_told(
    world: World, province: Node, city: Node, system: Node, unit: Node
) -> None:
    below = world.organization(Kind.TEAM, unit)
    beside = world.organization(Kind.TEAM, city)
    before = len(told(world))
    moved = move(world, province.owner, unit, system)
    assert moved.parent_id == system.id
    assert told(world)[before:] == [
        (unit.id, [province.id, system.id, unit.id], 3),
        (below.id, [province.id, system.id, unit.id, below.id], 3),
    ]
    assert path_of(world, beside) == [province.id, city.id, beside.id]
    move(world, province.owner, unit, system)
    assert len(told(world)) == before + 2


def test_only_an_owner_above_it_who_reaches_the_new_parent_moves_an_organization(
    world: World, province: Node, city: Node, other_city: Node, system: Node, unit: Node
) -> None:
    for caller in (unit.owner, city.owner, world.holder(province, "reviewer"), other_city.owner, ANYBODY):
        with pytest.raises(Forbidden):
            move(world, caller, unit, system)
    assert path_of(world, unit) == [province.id, city.id, unit.id]
    move(world, PLATFORM, unit, system)


def test_what_a_caller_may_not_know_of_is_neither_moved_nor_a_place(
    world: World, province: Node, city: Node, other_city: Node, unit: Node
) -> None:
    pending = world.register(Kind.UNIT, city)
    with pytest.raises(NotFound):
        move(world, other_city.owner, pending, other_city)
    for parent in (pending.id, new_id()):
        with pytest.raises(Invalid) as refusal:
            move(world, province.owner, unit, parent)
        assert [(e.field, e.code) for e in refusal.value.errors] == [("parent_id", "unknown_parent")]


def test_nothing_moves_under_itself(world: World, province: Node, city: Node, unit: Node) -> None:
    below = world.organization(Kind.UNIT, unit)
    for node, parent in ((unit, unit), (unit, below), (province, city)):
        with pytest.raises(MoveUnderItself):
            move(world, PLATFORM, node, parent)


def test_a_place_that_does_not_fit_is_refused_with_every_fault(
    world: World, province: Node, city: Node, other_city: Node, unit: Node
) -> None:
    world.organization(Kind.UNIT, other_city, name="某单位", region="440304")
    team = world.organization(Kind.TEAM, city)

    def refused(node: Node, parent: Node) -> list[str]:
        with pytest.raises(Invalid) as refusal:
            move(world, province.owner, node, parent)
        return [error.code for error in refusal.value.errors]

    assert refused(unit, other_city) == ["outside_parent", "name_taken"]
    assert refused(unit, team) == ["wrong_place"]


def test_a_tree_has_as_many_levels_as_its_index_bears_and_no_more(world: World, city: Node) -> None:
    chain = [city]
    for _ in range(MAX_LEVELS - 2):
        chain.append(world.organization(Kind.UNIT, chain[-1]))
    with pytest.raises(Invalid) as refusal:
        world.register(Kind.UNIT, chain[-1])
    assert [error.code for error in refusal.value.errors] == ["too_deep"]
    two = world.organization(Kind.UNIT, city)
    world.organization(Kind.UNIT, two)
    with pytest.raises(Invalid) as refusal:
        move(world, PLATFORM, two, chain[-2])
    assert [error.code for error in refusal.value.errors] == ["too_deep"]
    move(world, PLATFORM, two, chain[-3])


def test_two_organizations_that_move_under_each_other_at_once_make_no_cycle(
    world: World, province: Node, city: Node
) -> None:
    first, second = (world.organization(Kind.UNIT, city) for _ in range(2))
    together = Barrier(2)

    def try_(pair: tuple[Node, Node]) -> str:
        together.wait(10)
        try:
            move(world, province.owner, *pair)
        except AppError as refusal:
            return refusal.code
        return "moved"

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(try_, ((first, second), (second, first)))) == ["move_under_itself", "moved"]


def test_a_registration_at_the_moment_of_a_move_finds_its_parents_new_path(
    world: World, province: Node, city: Node, system: Node, unit: Node
) -> None:
    together = Barrier(2)

    def moving() -> None:
        together.wait(10)
        move(world, province.owner, unit, system)

    def registering() -> Node:
        together.wait(10)
        return world.register(Kind.TEAM, unit)

    with ThreadPoolExecutor(2) as pool:
        pool.submit(moving)
        below = pool.submit(registering).result()
    assert path_of(world, below) == [province.id, system.id, unit.id, below.id]


def test_a_disabled_organization_takes_nobody_and_lends_no_power_and_comes_back(
    world: World, province: Node, city: Node, unit: Node
) -> None:
    below = world.organization(Kind.TEAM, unit)
    waiting = world.volunteer(unit, approved=False)
    assert disable(world, city.owner, unit).status == "disabled"
    assert world.units.published("organization.changed")[-1]["data"]["status"] == "disabled"
    person = world.volunteer(city, approved=True)
    with pytest.raises(NotFound):
        world.ask(memberships.request_transfer, tree.RequestTransfer, person.caller, organization_id=unit.id)
    with pytest.raises(OrganizationTakesNoMembers):
        world.judge(city.owner, waiting, approve=True)
    with pytest.raises(Invalid):
        world.register(Kind.TEAM, unit)
    shown = world.ask(looking.get_organization, tree.OrganizationById, unit.owner, organization_id=unit.id)
    assert (shown["status"], shown["disablement_reason"]) == ("disabled", "长期未开展活动")
    tree_of = {"organization_id": below.id, "limit": 20}
    with pytest.raises(Forbidden):
        world.ask(looking.list_tree, tree.ListTree, unit.owner, **tree_of)
    for still in (below.owner, city.owner):
        assert len(world.ask(looking.list_tree, tree.ListTree, still, **tree_of).items) == 1
    with pytest.raises(IllegalTransition):
        disable(world, city.owner, unit)
    assert enable(world, city.owner, unit).status == "active"
    version = world.units.published("organization.changed")[-1]["aggregateversion"]
    assert enable(world, city.owner, unit).version == version
    world.judge(city.owner, waiting, approve=True)
    world.register(Kind.TEAM, unit)


def test_only_an_owner_above_disables_and_enables_and_a_review_is_not_jumped(
    world: World, province: Node, city: Node, other_city: Node, unit: Node
) -> None:
    for caller in (unit.owner, other_city.owner, world.holder(city, "reviewer"), ANYBODY):
        with pytest.raises(Forbidden):
            disable(world, caller, unit)
    disable(world, city.owner, unit)
    with pytest.raises(Forbidden):
        enable(world, unit.owner, unit)
    with pytest.raises(NotFound):
        enable(world, other_city.owner, unit)
    pending = world.register(Kind.TEAM, city)
    with pytest.raises(IllegalTransition):
        enable(world, city.owner, pending)


def test_a_region_that_is_not_listed_is_a_warning(world: World, city: Node) -> None:
    def shown(node: Node) -> tuple[str | None, list[str]]:
        found = world.ask(looking.get_organization, tree.OrganizationById, PLATFORM, organization_id=node.id)
        return found["region_name"], found["warnings"]

    assert shown(world.organization(Kind.TEAM, city)) == ("广州市天河区", [])
    assert shown(world.organization(Kind.TEAM, city, region="440199")) == (None, ["unknown_region"])
    listed = world.ask(changing.list_divisions, shaping.ListDivisions, ANYBODY, city="441900")["items"]
    assert listed == [{"code": "441900", "name": "东莞市", "city": "441900"}]
