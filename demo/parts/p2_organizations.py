"""2. The tree: province, cities, the 省直 system with a unit and a team (notice, 一.2; attachment 2, 三.1, 三.5)."""

from __future__ import annotations

from demo.check import at_once
from demo.client import Client
from demo.parts.registering import (
    expect_decided,
    province_of_somebody_else,
    register_organization,
    standing_organization,
)
from demo.world import Organization, Stage

TITLE = "Organizations register and are reviewed"

PROVINCE = "440000"
PROVINCE_ACCOUNT = "demo-province"
CITIES = {
    "440100": "广州", "440200": "韶关", "440300": "深圳", "440400": "珠海", "440500": "汕头", "440600": "佛山",
    "440700": "江门", "440800": "湛江", "440900": "茂名", "441200": "肇庆", "441300": "惠州", "441400": "梅州",
    "441500": "汕尾", "441600": "河源", "441700": "阳江", "441800": "清远", "441900": "东莞", "442000": "中山",
    "445100": "潮州", "445200": "揭阳", "445300": "云浮",
}  # fmt: skip
"""GB/T 2260: the province's cities at prefecture level."""


def play(stage: Stage) -> None:
    """From the root down."""
    root = stage.world.root = _province(stage)
    cities = _cities(stage, root)
    stage.world.guangzhou = cities["440100"]
    system = stage.world.system = _approved(
        stage, "省直机关志愿服务系统", kind="system", region=PROVINCE, parent=root, account="system"
    )
    unit = stage.world.unit = _approved(
        stage, "省直青年志愿服务总队", kind="unit", region="440100", parent=system, account="unit"
    )
    stage.world.team = _approved(stage, "云山志愿服务队", kind="team", region="440100", parent=unit, account="team")
    _rejected_and_amended(stage, system, cities["440100"])
    on_file = cities["440100"].owner.get("/supervision", organization_id=cities["440100"].id)["indicators"]
    stage.world.city_volunteers_before = next(i["numerator"] for i in on_file if i["indicator"] == "volunteers_on_file")


def _province(stage: Stage) -> Organization:
    world, check = stage.world, stage.check
    root = standing_organization(world, PROVINCE_ACCOUNT, "province")
    if root is not None:
        check.tell("the province is there from an earlier run: its owner signed in with account and password")
    else:
        root = province_of_somebody_else(world, PROVINCE_ACCOUNT)
    if root is None:
        root = register_organization(
            world, "广东省志愿服务联合会", kind="province", region=PROVINCE, account=PROVINCE_ACCOUNT
        )
    if root.owner.get(f"/organizations/{root.id}")["status"] == "pending":
        world.platform.post(f"/reviews/organizations/{root.id}/decision", approve=True)
        expect_decided(world, "approved")
        if root.phone:
            _told_by_sms(stage, root, "approved", root.name)
    seen = world.visitor.get(f"/organizations/{root.id}")
    check.equal((seen["status"], seen["parent_id"]), ("active", None), f"{root.name} is the root, and active")
    return root


def _cities(stage: Stage, root: Organization) -> dict[str, Organization]:
    world, check = stage.world, stage.check

    def standing_or_new(region: str) -> Organization:
        account = f"demo-city-{region}"
        return standing_organization(world, account, "city") or register_organization(
            world, f"{CITIES[region]}市志愿服务联合会", kind="city", region=region, parent=root, account=account
        )

    cities = dict(zip(CITIES, at_once(standing_or_new, CITIES), strict=True))
    waiting = _waiting_for(root.owner)
    mine = [city for city in cities.values() if city.id in waiting]
    if mine:
        decided = root.owner.post(
            "/reviews/organizations/decisions", decisions=[{"id": waiting[city.id], "approve": True} for city in mine]
        )
        expect_decided(world, "approved", by=len(mine))
        approved = [item for item in decided["items"] if item["status"] == "active"]
        check.equal(len(approved), len(mine), "the province's administrator approves the waiting cities in one go")
        check.eventually(
            lambda: all(world.inbox.of(city.phone, "organization_approved") for city in mine if city.phone),
            "each of them is told by SMS",
        )
    else:
        check.tell("the cities are there from an earlier run")
    regions = [city["region"] for city in world.visitor.pages("/organizations", parent_id=root.id)]
    found = [region for region in regions if region in CITIES]
    check.that(set(found) == set(CITIES), "below the province stand its 21 cities (GB/T 2260)", seen=len(set(found)))
    return cities


def _approved(stage: Stage, name: str, *, kind: str, region: str, parent: Organization, account: str) -> Organization:
    """Registered below ``parent``, approved by the parent's own administrator, told by SMS."""
    world, check = stage.world, stage.check
    name = f"{name}（{world.invented.number}）"
    organization = register_organization(
        world, name, kind=kind, region=region, parent=parent, account=f"demo-{world.invented.number}-{account}"
    )
    status = organization.owner.get(f"/organizations/{organization.id}")["status"]
    check.equal(status, "pending", f"{name} ({kind}) waits for review")
    review = _waiting_for(parent.owner).get(organization.id)
    check.that(review, f"the administrator of {parent.name} has it in the inbox")
    parent.owner.post(f"/reviews/organizations/{organization.id}/decision", approve=True)
    expect_decided(world, "approved")
    check.eventually(
        lambda: world.visitor.get(f"/organizations/{organization.id}")["status"] == "active", "approved, it is public"
    )
    _told_by_sms(stage, organization, "approved", name)
    check.refused(
        lambda: parent.owner.post(f"/reviews/organizations/{organization.id}/decision", approve=False, reason="重复"),
        "what is decided is not decided again",
        status=409,
        code="already_decided",
    )
    return organization


def _rejected_and_amended(stage: Stage, system: Organization, city: Organization) -> None:
    world, check = stage.world, stage.check
    number = world.invented.number
    name = f"志愿服务队（{number}）"
    unit = register_organization(
        world, name, kind="unit", region="440100", parent=system, account=f"demo-{number}-amended"
    )
    decide = f"/reviews/organizations/{unit.id}/decision"
    check.refused(
        lambda: system.owner.post(decide, approve=False),
        "a rejection without a reason is refused",
        status=422,
        code="required",
        field="reason",
    )
    check.refused(
        lambda: city.owner.post(decide, approve=True),
        f"for the administrator of {city.name}, another branch, there is no such review",
        status=404,
        code="not_found",
    )
    reason = "名称须写明所属单位"
    decided = system.owner.post(decide, approve=False, reason=reason)
    check.equal(decided["status"], "rejected", f"{name} is rejected with a reason")
    _told_by_sms(stage, unit, "rejected", reason)
    check.equal(unit.owner.get(f"/organizations/{unit.id}")["rejection_reason"], reason, "its owner reads the reason")
    amended = f"省直医疗志愿服务队（{number}）"
    unit.owner.patch(f"/organizations/{unit.id}", name=amended)
    resubmitted = unit.owner.post(f"/organizations/{unit.id}/resubmission")
    check.equal(
        (resubmitted["status"], resubmitted["name"]), ("pending", amended), "amended, it waits for review again"
    )
    decided = system.owner.post(decide, approve=True)
    check.equal(decided["status"], "active", "and is approved")
    expect_decided(world, "rejected")
    expect_decided(world, "approved")
    _told_by_sms(stage, unit, "approved", amended)


def _waiting_for(reviewer: Client) -> dict[str, str]:
    """The ids of pending reviews by organization."""
    return {item["organization_id"]: item["id"] for item in reviewer.pages("/reviews/organizations", status="pending")}


def _told_by_sms(stage: Stage, organization: Organization, outcome: str, words: str) -> None:
    def fitting() -> list[str]:
        texts = stage.world.inbox.of(organization.phone, f"organization_{outcome}")
        return [text for text in texts if words in text]

    stage.check.eventually(fitting, f"the decision ({outcome}) comes by SMS, and names “{words}”")
