"""The tree: how organizations come into it, who sees them, and how they change."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from services.chassis.context import Caller, Role
from services.chassis.errors import Forbidden, IllegalTransition, Invalid, NotFound
from services.chassis.ids import new_id
from services.organization.domain import Kind
from services.organization.errors import OrganizationIdTaken, OrganizationTakesNoMembers
from services.organization.schemas import tree
from services.organization.use_cases import onboarding, registration, republishing
from services.organization.use_cases import tree as looking
from tests.service.organization.conftest import ANYBODY, IDENTITY, PLATFORM, Node, World


def get(world: World, caller: Caller, node: Node) -> Any:
    return world.ask(looking.get_organization, tree.OrganizationById, caller, organization_id=node.id)


def amend(world: World, caller: Caller, node: Node, **changes: Any) -> Any:
    payload = {"organization_id": node.id, **changes}
    return world.ask(registration.amend_organization, tree.AmendOrganization, caller, **payload)


def resubmit(world: World, caller: Caller, node: Node) -> Any:
    return world.ask(registration.resubmit_organization, tree.OrganizationById, caller, organization_id=node.id)


def refused_fields(refusal: Any) -> set[tuple[str, str]]:
    return {(error.field, error.code) for error in refusal.value.errors}


def test_a_registration_is_told_to_the_others_with_its_path_and_its_owner(world: World, city: Node) -> None:
    node = world.register(Kind.TEAM, city, name="新队")
    changed = world.units.published("organization.changed")[-1]
    assert changed["data"]["path"][-2:] == [city.id, node.id]
    assert (changed["data"]["status"], changed["aggregateversion"]) == ("pending", 1)
    assert world.units.published("organization.registered")[-1]["data"]["account_id"] == node.owner.account_id
    administrator = world.units.published("administrator.changed")[-1]["data"]
    assert (administrator["organization_id"], administrator["role"], administrator["active"]) == (
        node.id,
        "owner",
        True,
    )


def test_the_same_registration_again_changes_nothing(world: World, city: Node) -> None:
    owner = Caller(account_id=new_id())
    first = world.register(Kind.TEAM, city, name="新队", account_id=owner.account_id)
    told = len(world.units.published())
    world.register(Kind.TEAM, city, name="新队", organization_id=first.id, account_id=owner.account_id)
    assert len(world.units.published()) == told
    with pytest.raises(OrganizationIdTaken):
        world.register(Kind.TEAM, city, name="新队", organization_id=first.id)


def test_only_identity_may_register(world: World) -> None:
    payload = {"organization_id": new_id(), "name": "广东", "kind": "province", "region": "440000",
               "account_id": new_id(), "principal_name": "甲"}  # fmt: skip
    for caller in (ANYBODY, PLATFORM, Caller(kind="service", account_id="card")):
        with pytest.raises(Forbidden):
            world.ask(registration.register_organization, tree.RegisterOrganization, caller, **payload)
    world.ask(registration.register_organization, tree.RegisterOrganization, IDENTITY, **payload)


def test_a_bad_place_is_refused_with_every_field_at_once(world: World, city: Node) -> None:
    world.organization(Kind.TEAM, city, name="有名")
    with pytest.raises(Invalid) as refusal:
        world.register(Kind.CITY, city, name="有名", region="999999")
    assert refused_fields(refusal) == {("kind", "wrong_place"), ("region", "not_a_city"), ("name", "taken")}


def test_a_parent_must_exist_and_be_active(world: World, city: Node) -> None:
    pending = world.register(Kind.UNIT, city)
    for parent in (pending, Node(new_id(), ANYBODY)):
        with pytest.raises(Invalid) as refusal:
            world.register(Kind.TEAM, parent)
        assert refused_fields(refusal) == {("parent_id", "unknown_parent")}
    world.decide(city.owner, pending)
    world.register(Kind.TEAM, pending)


def test_there_is_one_root_and_only_a_province_is_one(world: World, province: Node) -> None:
    with pytest.raises(Invalid) as refusal:
        world.register(Kind.PROVINCE, None)
    assert refused_fields(refusal) == {("kind", "root_exists")}
    with pytest.raises(Invalid) as refusal:
        world.register(Kind.TEAM, None)
    assert refused_fields(refusal) == {("parent_id", "wrong_place")}


def test_of_two_siblings_with_one_name_at_the_same_moment_one_is_refused(world: World, city: Node) -> None:
    def register(_: int) -> str:
        try:
            world.register(Kind.TEAM, city, name="同名队")
        except Invalid as refusal:
            return refusal.errors[0].code
        return "registered"

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(register, range(2))) == ["registered", "taken"]


def test_a_rejected_organization_amends_and_tries_again_and_keeps_its_history(world: World, city: Node) -> None:
    node = world.register(Kind.TEAM, city, name="某队")
    world.decide(city.owner, node, approve=False, reason="名称不规范")
    assert get(world, node.owner, node)["rejection_reason"] == "名称不规范"
    amend(world, node.owner, node, name="天河区某某志愿服务队")
    assert resubmit(world, node.owner, node).status == "pending"
    with pytest.raises(IllegalTransition):
        resubmit(world, node.owner, node)
    world.decide(city.owner, node)
    assert get(world, ANYBODY, node)["name"] == "天河区某某志愿服务队"
    with world.units() as uow:
        history = [(decision.outcome, decision.reason) for decision in uow.tree.history([node.id])]
    assert history == [("active", None), ("rejected", "名称不规范")]
    versions = [e["aggregateversion"] for e in world.units.published("organization.changed")
                if e["subject"] == node.id]  # fmt: skip
    assert versions == [1, 2, 3, 4, 5]


def test_a_rejected_organization_does_not_keep_its_name_from_others(world: World, city: Node) -> None:
    squatter = world.register(Kind.TEAM, city, name="好名字")
    with pytest.raises(Invalid):
        world.register(Kind.TEAM, city, name="好名字")
    world.decide(city.owner, squatter, approve=False, reason="冒名")
    world.register(Kind.TEAM, city, name="好名字")
    with pytest.raises(Invalid) as refusal:
        resubmit(world, squatter.owner, squatter)
    assert refused_fields(refusal) == {("name", "taken")}


def test_what_is_not_active_is_seen_by_its_own_and_by_those_above_alone(
    world: World, city: Node, other_city: Node
) -> None:
    node = world.register(Kind.TEAM, city)
    for caller in (node.owner, city.owner, PLATFORM):
        assert get(world, caller, node)["status"] == "pending"
    for caller in (ANYBODY, other_city.owner, world.holder(city, "organizer")):
        with pytest.raises(NotFound):
            get(world, caller, node)
    world.decide(city.owner, node)
    assert get(world, ANYBODY, node)["status"] == "active"


def test_only_owners_amend(world: World, city: Node, team: Node) -> None:
    for caller in (world.holder(team, "reviewer"), ANYBODY, Caller(kind="administrator", account_id=new_id())):
        with pytest.raises(Forbidden):
            amend(world, caller, team, name="改名队")
    assert amend(world, city.owner, team, name="改名队").name == "改名队"


def test_roles_in_a_token_mean_nothing_here(world: World, team: Node) -> None:
    forged = Caller(kind="administrator", account_id=new_id(), roles=(Role(team.id, "owner"),))
    with pytest.raises(Forbidden):
        amend(world, forged, team, name="改名队")


def test_members_are_taken_by_active_organizations_alone(world: World, city: Node) -> None:
    node = world.register(Kind.TEAM, city)

    def takes(organization_id: str) -> Any:
        return world.ask(looking.takes_members, tree.OrganizationById, IDENTITY, organization_id=organization_id)

    with pytest.raises(OrganizationTakesNoMembers):
        takes(node.id)
    with pytest.raises(NotFound):
        takes(new_id())
    assert takes(city.id).name == "广州市"


def test_the_public_list_finds_active_organizations_by_words_parent_and_region(
    world: World, province: Node, city: Node, team: Node, other_city: Node
) -> None:
    world.register(Kind.TEAM, city, name="天河待审核队")

    def names(**filters: Any) -> list[str]:
        page = world.ask(looking.list_organizations, tree.ListOrganizations, ANYBODY, **filters)
        return sorted(item["name"] for item in page.items)

    assert names(query="天河") == ["天河志愿服务队"]
    assert names(query="%") == []
    assert names(parent_id=province.id) == ["广州市", "深圳市"]
    assert names(region="440100") == ["天河志愿服务队", "广州市"]


def test_the_tree_is_listed_depth_first_across_pages(
    world: World, province: Node, city: Node, team: Node, other_city: Node
) -> None:
    def pages(**filters: Any) -> list[tuple[str, int]]:
        found, cursor = [], None
        while True:
            payload = {"organization_id": province.id, "limit": 1, "cursor": cursor, **filters}
            page = world.ask(looking.list_tree, tree.ListTree, province.owner, **payload)
            found += [(item["name"], item["level"]) for item in page.items]
            cursor = page.next_cursor
            if cursor is None:
                return found

    whole = [("广东省志愿者联合会", 0), ("广州市", 1), ("天河志愿服务队", 2), ("深圳市", 1)]
    assert pages() == whole
    assert pages(depth=1) == [node for node in whole if node[1] <= 1]
    with pytest.raises(Forbidden):
        world.ask(looking.list_tree, tree.ListTree, city.owner, organization_id=province.id)


def test_all_state_can_be_told_again_with_its_versions(world: World, province: Node, team: Node) -> None:
    world.volunteer(team, approved=True)
    with world.units() as uow:
        told = {kind: list(states(uow)) for kind, states in republishing.STATE_EVENTS.items()}
    assert told["organization"][0][0].path == [province.id]
    assert all(version == 2 and event.status == "active" for event, version in told["organization"])
    assert len(told["administrator"]) == 3
    ((membership, version),) = told["membership"]
    assert (membership.organization_name, version) == ("天河志愿服务队", 2)


def test_what_a_superior_registers_is_active_at_once_and_once(world: World, city: Node) -> None:
    request = {
        "organization_id": new_id(), "name": "木棉服务队", "kind": "team", "parent_id": city.id, "region": "440106",
        "account_id": new_id(), "principal_name": "陈紫荆",
    }  # fmt: skip
    asked = [request, {**request, "parent_id": new_id()}, {**request, "uscc": "1"}]
    checked = world.ask(onboarding.check_registrations, tree.CheckRegistrations, IDENTITY, rows=asked)
    assert [[fault.code for fault in faults] for faults in checked["items"]] == [[], ["unknown_parent"], ["bad_uscc"]]
    for _ in range(2):
        said = world.ask(
            onboarding.register_organization, tree.RegisterOrganization, IDENTITY, **request, approved_by=new_id()
        )
        assert said["status"] == "active"
    (told,) = world.units.published("organization.approved")[-1:]
    assert (told["data"]["organization_id"], told["data"]["onboarded"]) == (request["organization_id"], True)
    assert len([e for e in world.units.published("organization.approved") if e["data"]["onboarded"]]) == 1
