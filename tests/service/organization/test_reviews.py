"""Reviews: who may decide what, two at once, many at once, and what a decision sets off."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest

from services.chassis.context import Caller
from services.chassis.errors import AlreadyDecided, Invalid, NotFound
from services.chassis.ids import new_id
from services.organization.domain import Kind
from services.organization.schemas import reviews
from services.organization.use_cases import reviews as reviewing
from tests.service.organization.conftest import PLATFORM, Node, World


def inbox(world: World, caller: Caller, kind: str = "memberships", **filters: Any) -> list[dict[str, Any]]:
    lists = {
        "memberships": reviewing.list_membership_reviews,
        "organizations": reviewing.list_organization_reviews,
    }
    return list(world.ask(lists[kind], reviews.ListReviews, caller, kind=kind, **filters).items)


def counts(world: World, caller: Caller) -> tuple[int, int]:
    found = world.ask(reviewing.count_reviews, reviews.CountReviews, caller)
    return found["memberships"], found["organizations"]


def test_whoever_decides_is_told_how_many_wait_and_since_when(world: World, city: Node, team: Node) -> None:
    def since(caller: Caller) -> dict[str, Any]:
        return dict(world.ask(reviewing.count_reviews, reviews.CountReviews, caller)["waiting_since"])

    assert since(city.owner) == {"memberships": None, "organizations": None}
    first = world.units.clock.now()
    world.volunteer(team, approved=False)
    world.register(Kind.TEAM, city)
    world.units.clock.advance(days=2)
    world.volunteer(team, approved=False)
    world.register(Kind.TEAM, city)
    assert since(city.owner) == {"memberships": first, "organizations": first}
    assert since(team.owner) == {"memberships": first, "organizations": None}
    assert since(world.holder(city, "organizer")) == {"memberships": None, "organizations": None}


def test_the_root_is_reviewed_by_the_platform_alone(world: World) -> None:
    root = world.register(Kind.PROVINCE, None)
    with pytest.raises(NotFound):
        world.decide(root.owner, root)
    assert world.decide(PLATFORM, root)["status"] == "active"


def test_an_organization_is_reviewed_from_above_and_never_by_itself_or_a_sibling(
    world: World, province: Node, city: Node, other_city: Node
) -> None:
    node = world.register(Kind.TEAM, city)
    for caller in (node.owner, other_city.owner, world.holder(city, "organizer")):
        assert inbox(world, caller, "organizations") == []
        with pytest.raises(NotFound):
            world.decide(caller, node)
    for caller in (province.owner, city.owner, world.holder(city, "reviewer"), PLATFORM):
        assert [item["organization_id"] for item in inbox(world, caller, "organizations")] == [node.id]
    world.decide(world.holder(city, "reviewer"), node)
    assert inbox(world, city.owner, "organizations") == []


def test_a_decision_about_an_organization_is_told(world: World, city: Node) -> None:
    node = world.register(Kind.TEAM, city)
    world.decide(city.owner, node, approve=False, reason="材料不全")
    assert world.units.published("organization.rejected")[-1]["data"]["reason"] == "材料不全"
    other = world.register(Kind.TEAM, city)
    world.decide(city.owner, other)
    approved = world.units.published("organization.approved")[-1]["data"]
    assert (approved["organization_id"], approved["account_id"]) == (other.id, other.owner.account_id)


def test_a_volunteer_is_reviewed_at_home_and_above_and_invisible_elsewhere(
    world: World, province: Node, city: Node, team: Node, other_city: Node
) -> None:
    person = world.volunteer(team, approved=False)
    membership_id = world.pending(person)
    for caller in (other_city.owner, world.holder(team, "recorder"), Caller(kind="administrator", account_id=new_id())):
        assert inbox(world, caller) == []
        assert counts(world, caller) == (0, 0)
        with pytest.raises(NotFound):
            world.judge_membership(caller, membership_id, approve=True)
    assert world.memberships_of(person) == [(team.id, "pending")]
    for caller in (province.owner, city.owner, team.owner, PLATFORM):
        assert counts(world, caller) == (1, 0)
    (item,) = inbox(world, city.owner)
    assert (item["volunteer_id"], item["organization_id"]) == (person.volunteer_id, team.id)
    assert (item["name"], item["cert_no_masked"]) == ("陈小明", "4401************24")
    world.judge(city.owner, person, approve=True)
    told = world.units.published("membership.approved")[-1]
    assert told["data"]["volunteer_id"] == person.volunteer_id
    assert (told["data"]["organization_name"], told["aggregateversion"]) == ("天河志愿服务队", 2)


@pytest.mark.parametrize("reason", [None, "", "  "])
def test_a_rejection_must_state_a_reason(world: World, team: Node, reason: str | None) -> None:
    person = world.volunteer(team, approved=False)
    with pytest.raises(Invalid) as refusal:
        world.judge(team.owner, person, approve=False, reason=reason)
    assert [(error.field, error.code) for error in refusal.value.errors] == [("reason", "required")]
    world.judge(team.owner, person, approve=False, reason="照片不清晰")
    assert world.units.published("membership.rejected")[-1]["data"]["reason"] == "照片不清晰"


def test_reviews_come_oldest_first_with_their_age(world: World, team: Node) -> None:
    first = world.volunteer(team, approved=False)
    world.units.clock.advance(days=3, hours=20)
    second = world.volunteer(team, approved=False)
    items = inbox(world, team.owner)
    assert [(item["volunteer_id"], item["age_days"]) for item in items] == [
        (first.volunteer_id, 4), (second.volunteer_id, 0),
    ]  # fmt: skip
    world.judge(team.owner, first, approve=False, reason="重复注册")
    (rejected,) = inbox(world, team.owner, status="rejected")
    assert rejected["rejection_reason"] == "重复注册"


def test_of_two_reviewers_at_once_one_wins_and_the_other_learns_what_was_decided(
    world: World, city: Node, team: Node
) -> None:
    person = world.volunteer(team, approved=False)
    membership_id = world.pending(person)
    together = Barrier(2)

    def decide(approve: bool) -> str:
        together.wait(10)
        try:
            return str(world.judge_membership(city.owner, membership_id, approve=approve, reason="不符合")["status"])
        except AlreadyDecided as late:
            return f"late:{late.data['status']}"

    with ThreadPoolExecutor(2) as pool:
        outcomes = sorted(pool.map(decide, (True, False)))
    assert outcomes in (["approved", "late:approved"], ["late:rejected", "rejected"])
    assert len(world.units.published("membership.approved", "membership.rejected")) == 1


def test_many_decisions_have_a_result_each_and_a_refused_one_stops_none(
    world: World, city: Node, team: Node, other_city: Node
) -> None:
    mine, rejected, decided = (world.volunteer(team, approved=False) for _ in range(3))
    foreign = world.volunteer(other_city, approved=False)
    ids = [world.pending(person) for person in (mine, rejected, decided, foreign)]
    world.judge(city.owner, decided, approve=True)
    payload = {
        "kind": "memberships",
        "decisions": [
            {"id": ids[3], "approve": True},
            {"id": ids[2], "approve": True},
            {"id": ids[1], "approve": False},
            {"id": ids[0], "approve": True},
            {"id": ids[0], "approve": True},
        ],
    }
    results = world.ask(reviewing.decide_membership_reviews, reviews.DecideReviews, city.owner, **payload)["items"]
    assert [result["id"] for result in results] == [ids[3], ids[2], ids[1], ids[0], ids[0]]
    codes = [result["status"] or result["error"]["code"] for result in results]
    assert codes == ["not_found", "already_decided", "required", "approved", "already_decided"]
    assert world.memberships_of(rejected) == [(team.id, "pending")]
    assert world.memberships_of(foreign) == [(other_city.id, "pending")]
    assert len(world.units.published("membership.approved")) == 2


def test_two_reviewers_with_the_same_list_in_opposite_order_do_not_deadlock(world: World, team: Node) -> None:
    ids = [world.pending(world.volunteer(team, approved=False)) for _ in range(10)]
    together = Barrier(2)

    def decide(order: list[str]) -> int:
        together.wait(10)
        payload = {"kind": "memberships", "decisions": [{"id": id_, "approve": True} for id_ in order]}
        answer = world.ask(reviewing.decide_membership_reviews, reviews.DecideReviews, team.owner, **payload)
        return sum(item["status"] == "approved" for item in answer["items"])

    with ThreadPoolExecutor(2) as pool:
        assert sum(pool.map(decide, (ids, ids[::-1]))) == 10
    assert len(world.units.published("membership.approved")) == 10


def test_every_decision_is_in_the_audit_log_without_personal_data(world: World, team: Node) -> None:
    person = world.volunteer(team, approved=False)
    membership_id = world.pending(person)
    world.judge(team.owner, person, approve=False, reason="陈小明的照片不清晰")
    with world.units() as uow:
        connection = uow.session.connection()
        row = connection.exec_driver_sql(
            "SELECT actor_id, subject, details::text FROM audit_log WHERE action = 'review.decide' ORDER BY id DESC"
        ).first()
    assert tuple(row) == (team.owner.account_id, f"membership:{membership_id}", '{"outcome": "rejected"}')


def test_a_reason_may_be_chosen_from_the_list_and_is_what_the_applicant_reads(world: World, city: Node) -> None:
    reasons = world.ask(reviewing.list_review_reasons, reviews.ListReviewReasons, Caller())["items"]
    assert "unfit_name" in [reason["code"] for reason in reasons]
    node = world.register(Kind.TEAM, city)
    payload = {"kind": "organizations", "id": node.id, "approve": False, "reason_code": "unfit_name"}
    world.ask(reviewing.decide_organization_review, reviews.DecideReview, city.owner, **payload, reason="少了地名")
    told = world.units.published("organization.rejected")[-1]["data"]
    assert told["reason"] == "名称不规范：少了地名"
    with pytest.raises(Invalid):
        world.ask(
            reviewing.decide_organization_review, reviews.DecideReview, city.owner, **payload | {"reason_code": "?"}
        )


def test_reviewers_and_nobody_else_see_what_was_decided_before(
    world: World, city: Node, team: Node, other_city: Node
) -> None:
    person = world.volunteer(team, approved=False)
    membership_id = world.pending(person)
    world.judge(team.owner, person, approve=False, reason="照片不清晰")
    organization = {"kind": "organizations", "id": team.id}
    membership = {"kind": "memberships", "id": membership_id}

    def history(caller: Caller, asked: dict[str, str]) -> list[str]:
        use_case = {
            "memberships": reviewing.membership_review_history,
            "organizations": reviewing.organization_review_history,
        }[asked["kind"]]
        return [row.outcome for row in world.ask(use_case, reviews.ReviewHistory, caller, **asked)["items"]]

    assert history(team.owner, membership) == ["rejected"]
    assert history(city.owner, organization) == ["active"]
    for caller, asked in ((other_city.owner, membership), (other_city.owner, organization), (team.owner, organization)):
        with pytest.raises(NotFound):
            history(caller, asked)
