"""Sites, adoption receipts and supervision."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from services.activity.events import ActivityRevoked
from services.chassis.context import Caller
from services.chassis.errors import Forbidden, Invalid, NotFound
from services.chassis.ids import new_id
from services.chassis.uploads import UploadsInUse
from services.organization.domain import Indicator, Kind
from services.organization.schemas import reports, tree
from services.organization.use_cases import copies, receipts, sites, supervision
from services.organization.use_cases import tree as looking
from tests.service.organization.conftest import ANYBODY, PLATFORM, Node, World

CONTACT = {"role": "liaison", "name": "林小红", "post": "干事", "mobile": "13800000000", "wechat": "lin"}


def put_site(world: World, caller: Caller, node: Node, domain: str) -> Any:
    """Put one, and approve it."""
    claim_site(world, caller, node, domain)
    return approve_site(world, PLATFORM, node)


def claim_site(world: World, caller: Caller, node: Node, domain: str) -> Any:
    payload = {"organization_id": node.id, "domain": domain, "title": "广州志愿者", "primary_color": "#00aa00"}
    return world.ask(sites.put_site, reports.PutSite, caller, **payload)


def approve_site(world: World, caller: Caller, node: Node) -> Any:
    return world.ask(sites.approve_site, tree.OrganizationById, caller, organization_id=node.id)


def site(world: World, host: str) -> Any:
    return world.ask(sites.get_site, reports.GetSite, ANYBODY, host=host)


def submit(world: World, caller: Caller, node: Node, organizations: int, volunteers: int, league_members: int) -> Any:
    declared = {"organizations": organizations, "volunteers": volunteers, "league_members": league_members}
    payload = {"organization_id": node.id, "contacts": [CONTACT], "declared": declared}
    return world.ask(receipts.submit_receipt, reports.SubmitReceipt, caller, **payload)


def listed(world: World, caller: Caller, **filters: Any) -> list[Any]:
    return list(world.ask(receipts.list_receipts, reports.ListReceipts, caller, **filters).items)


def figures(world: World, caller: Caller, node: Node, **days: Any) -> dict[str, tuple[int, int]]:
    payload = {"organization_id": node.id, **days}
    answer = world.ask(supervision.get_supervision, reports.GetSupervision, caller, **payload)
    return {each["indicator"]: (each["numerator"], each["denominator"]) for each in answer["indicators"]}


def behind(world: World, caller: Caller, node: Node, indicator: str) -> dict[str, tuple[int, int]]:
    payload = {"organization_id": node.id, "indicator": indicator}
    page = world.ask(supervision.list_indicator_organizations, reports.ListIndicatorOrganizations, caller, **payload)
    return {row.organization_id: (row.numerator, row.denominator) for row in page.items}


def test_a_host_shows_its_own_site_and_any_other_the_main_one(world: World, province: Node, city: Node) -> None:
    put_site(world, city.owner, city, "gz.example.org")
    for host in ("gz.example.org", "GZ.example.org:8443", "gz.example.org."):
        assert site(world, host)["organization_id"] == city.id
    for host in ("", "sz.example.org", "[::1]:8000", "例子"):
        assert site(world, host)["main"]
        assert site(world, host)["organization_id"] == province.id


def test_a_logo_is_needed_while_it_is_shown(world: World, city: Node) -> None:
    first, second = new_id(), new_id()
    gateway = Caller(kind="service", account_id="gateway")
    payload = {"organization_id": city.id, "domain": "gz.example.org", "title": "广州", "primary_color": "#00aa00"}
    for logo in (first, second):
        world.ask(sites.put_site, reports.PutSite, city.owner, **payload, logo_upload_id=logo)
        asked = {"upload_ids": [first, second, new_id()]}
        assert world.ask(sites.uploads_in_use, UploadsInUse, gateway, **asked) == {"upload_ids": [logo]}
        with pytest.raises(Forbidden):
            world.ask(sites.uploads_in_use, UploadsInUse, city.owner, **asked)


def test_a_domain_of_another_script_is_the_one_that_browsers_ask_for(world: World, city: Node) -> None:
    assert put_site(world, city.owner, city, "志愿者.ＧＺ.中国")["domain"] == "xn--m6t44aj98d.gz.xn--fiqs8s"
    for host in ("xn--m6t44aj98d.gz.xn--fiqs8s", "XN--M6T44AJ98D.gz.xn--fiqs8s.:443"):
        assert site(world, host)["organization_id"] == city.id
    for domain in ("gz.example.org:80", "localhost", "127.0.0.1", "gz..org", "a_b.org", "-a.org", "志愿者"):
        with pytest.raises(Invalid) as refusal:
            put_site(world, city.owner, city, domain)
        assert [(error.field, error.code) for error in refusal.value.errors] == [("domain", "bad_domain")]


def test_a_logo_is_an_address_or_a_file_and_colours_are_colours(world: World, city: Node) -> None:
    looks = {"organization_id": city.id, "domain": "gz.example.org", "title": "广州志愿者", "logo_upload_id": new_id()}
    world.ask(sites.put_site, reports.PutSite, city.owner, **looks, accent_color="#00AA00")
    approve_site(world, PLATFORM, city)
    shown = site(world, "gz.example.org")
    assert (shown["logo_url"], shown["accent_color"]) == ("/v1/site/logo", "#00AA00")
    wrong = {"logo_url": "https://example.org/logo.png", "accent_color": "green", "primary_color": "#12345"}
    with pytest.raises(Invalid) as refusal:
        world.ask(sites.put_site, reports.PutSite, city.owner, **looks, **wrong)
    assert {error.field for error in refusal.value.errors} >= {"accent_color", "primary_color"}
    with pytest.raises(Invalid) as refusal:
        world.ask(sites.put_site, reports.PutSite, city.owner, **looks, logo_url="https://example.org/logo.png")
    assert [error.code for error in refusal.value.errors] == ["two_logos"]


def test_no_sub_platform_takes_the_main_sites_domain(world: World, city: Node) -> None:
    settings = world.units.runtime.settings
    world.units.runtime = replace(world.units.runtime, settings=replace(settings, main_domains=("www.example.org",)))
    with pytest.raises(Invalid) as refusal:
        put_site(world, city.owner, city, "WWW.example.org")
    assert refusal.value.errors[0].code == "taken"


def test_the_list_of_organizations_can_be_a_subtrees(world: World, province: Node, city: Node, team: Node) -> None:
    listing = (looking.list_organizations, tree.ListOrganizations, ANYBODY)
    assert {node["id"] for node in world.ask(*listing, organization_id=city.id).items} == {city.id, team.id}
    assert len(world.ask(*listing).items) == 3


def test_a_domain_has_one_owner_and_only_owners_set_it(world: World, city: Node, other_city: Node) -> None:
    put_site(world, city.owner, city, "gz.example.org")
    with pytest.raises(Invalid) as refusal:
        put_site(world, other_city.owner, other_city, "gz.example.org")
    assert (refusal.value.errors[0].field, refusal.value.errors[0].code) == ("domain", "taken")
    with pytest.raises(Forbidden):
        put_site(world, world.holder(city, "reviewer"), city, "gz2.example.org")
    put_site(world, city.owner, city, "gz2.example.org")
    put_site(world, other_city.owner, other_city, "gz.example.org")


def test_receipts_show_who_is_in_them_to_owners_and_reviewers_alone(
    world: World, province: Node, city: Node, other_city: Node
) -> None:
    submit(world, city.owner, city, 3, 100, 50)
    for caller in (city.owner, province.owner, world.holder(province, "reviewer"), PLATFORM):
        (receipt,) = listed(world, caller, organization_id=city.id)
        assert receipt["contacts"][0]["mobile"] == "13800000000"
    (receipt,) = listed(world, world.holder(province, "viewer"))
    assert receipt["contacts"] == [
        {"role": "liaison", "name": "林*红", "post": "干事", "mobile": "138****0000", "wechat": None, "remarks": None}
    ]
    assert listed(world, other_city.owner) == []
    with pytest.raises(Forbidden):
        listed(world, other_city.owner, organization_id=city.id)
    with pytest.raises(Forbidden):
        submit(world, world.holder(city, "viewer"), city, 1, 1, 1)


def test_a_look_at_contacts_in_clear_is_audited_and_a_masked_one_is_not(world: World, city: Node) -> None:
    submit(world, city.owner, city, 3, 100, 50)
    viewer = world.holder(city, "viewer")

    def looks() -> int:
        with world.units() as uow:
            statement = "SELECT count(*) FROM audit_log WHERE action = 'adoption_receipt.read'"
            return int(uow.session.connection().exec_driver_sql(statement).scalar())

    listed(world, viewer)
    assert looks() == 0
    listed(world, city.owner)
    assert looks() == 1


def test_the_indicators_count_the_subtree_and_nothing_beside_it(
    world: World, province: Node, city: Node, team: Node, other_city: Node
) -> None:
    submit(world, city.owner, city, 4, 10, 5)
    league, holder = (world.volunteer(team, approved=True, political_status="league_member") for _ in range(2))
    world.volunteer(city, approved=True)
    world.volunteer(team, approved=False)
    suspended = world.volunteer(team, approved=True, status="suspended")
    assert suspended
    world.volunteer(other_city, approved=True)
    world.card(holder, "activated", version=7)
    world.card(league, "delivered")
    world.activity(team)
    world.register(Kind.TEAM, city)

    assert figures(world, city.owner, city) == {
        "organizations_on_file": (2, 4),
        "volunteers_on_file": (3, 10),
        "league_members_registered": (2, 5),
        "card_holders": (1, 3),
        "organizations_with_activity": (1, 2),
        "hours_recorded_in_time": (0, 0),
    }
    assert figures(world, province.owner, province)["volunteers_on_file"] == (4, 10)
    assert figures(world, other_city.owner, other_city)["volunteers_on_file"] == (1, 0)
    assert behind(world, city.owner, city, "organizations_with_activity") == {city.id: (0, 1), team.id: (1, 1)}


def test_the_list_behind_each_figure_adds_up_to_it(
    world: World, province: Node, city: Node, team: Node, other_city: Node
) -> None:
    submit(world, city.owner, city, 4, 10, 5)
    submit(world, other_city.owner, other_city, 1, 20, 8)
    world.card(world.volunteer(team, approved=True, political_status="league_member"), "activated")
    world.volunteer(other_city, approved=True)
    world.activity(team)
    whole = figures(world, province.owner, province)
    for indicator in Indicator:
        parts = behind(world, province.owner, province, indicator).values()
        assert (sum(n for n, _ in parts), sum(d for _, d in parts)) == whole[indicator]


def test_of_nested_receipts_the_topmost_counts_and_of_one_unit_the_latest(
    world: World, province: Node, city: Node, team: Node, other_city: Node
) -> None:
    submit(world, team.owner, team, 1, 7, 1)
    submit(world, other_city.owner, other_city, 1, 5, 1)
    assert figures(world, province.owner, province)["volunteers_on_file"][1] == 12
    submit(world, city.owner, city, 1, 999, 1)
    world.units.clock.advance(minutes=1)
    submit(world, city.owner, city, 2, 30, 1)
    assert figures(world, province.owner, province)["volunteers_on_file"][1] == 35
    assert figures(world, team.owner, team)["volunteers_on_file"][1] == 7


def test_an_activity_counts_since_a_day_and_not_once_it_is_revoked(world: World, team: Node) -> None:
    now = world.units.clock.now()

    def with_activity(**days: Any) -> int:
        return figures(world, team.owner, team, **days)["organizations_with_activity"][0]

    world.activity(team, published_at=now - timedelta(days=400))
    assert (with_activity(), with_activity(since="2025-01-01")) == (0, 1)
    for published_first in (True, False):
        activity_id = new_id()
        steps = [
            lambda a=activity_id: world.activity(team, activity_id=a),
            lambda a=activity_id: revoke(world, team, a),
        ]
        for step in steps if published_first else steps[::-1]:
            step()
        assert with_activity() == 0
    world.activity(team)
    assert with_activity() == 1


def revoke(world: World, organization: Node, activity_id: str) -> None:
    """``activity.revoked`` arrives."""
    event = ActivityRevoked(
        activity_id=activity_id,
        organization_id=organization.id,
        title="植树",
        reason="台风",
        revoked_at=world.units.clock.now(),
    )
    with world.units() as uow:
        copies.note_activity_revoked(event, uow)


def test_a_card_counts_while_it_is_in_hand_whatever_comes_late(world: World, team: Node) -> None:
    person = world.volunteer(team, approved=True)
    application_id = world.card(person, "activated", version=5)
    world.card(person, "produced", version=4, application_id=application_id)
    world.card(person, "activated", version=9)
    assert figures(world, team.owner, team)["card_holders"] == (1, 1)


def test_supervision_is_for_those_above_and_for_days_that_can_be_counted(
    world: World, city: Node, team: Node, other_city: Node
) -> None:
    for caller in (other_city.owner, team.owner, world.holder(city, "recorder")):
        with pytest.raises(Forbidden):
            figures(world, caller, city)
    with pytest.raises(NotFound):
        figures(world, city.owner, Node(new_id(), ANYBODY))
    for days, code in (
        ({"as_of": "2026-03-01"}, "no_history"),
        ({"as_of": "2026-03-03"}, "in_the_future"),
        ({"since": "2026-03-03"}, "after_as_of"),
    ):
        with pytest.raises(Invalid) as refusal:
            figures(world, city.owner, city, **days)
        assert refusal.value.errors[0].code == code
    assert figures(world, world.holder(city, "viewer"), city, as_of="2026-03-02")
