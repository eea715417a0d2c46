"""A domain is claimed by whoever owns an organization, and shown once the platform has looked whose it is."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from services.chassis.context import Caller
from services.chassis.errors import Forbidden, Invalid, NotAuthenticated, NotFound
from services.organization.errors import DomainTaken
from services.organization.schemas import sites as schemas
from services.organization.use_cases import sites
from tests.service.organization.conftest import ANYBODY, PLATFORM, Node, World
from tests.service.organization.test_reports import approve_site, claim_site, site


def waiting(world: World, caller: Caller) -> list[Any]:
    page = world.ask(sites.list_waiting_sites, schemas.ListWaitingSites, caller)
    return [(shown["organization_id"], shown["domain"]) for shown in page.items]


def test_a_claimed_domain_shows_the_main_site_until_it_is_approved(world: World, province: Node, city: Node) -> None:
    assert not claim_site(world, city.owner, city, "gz.example.org")["approved"]
    assert site(world, "gz.example.org")["main"]
    assert waiting(world, province.owner) == waiting(world, PLATFORM) == [(city.id, "gz.example.org")]
    assert approve_site(world, province.owner, city)["approved"]
    assert approve_site(world, province.owner, city)["approved"]  # once more
    assert (site(world, "gz.example.org")["organization_id"], waiting(world, PLATFORM)) == (city.id, [])


def test_new_looks_need_no_new_approval_and_another_domain_does(world: World, province: Node, city: Node) -> None:
    claim_site(world, city.owner, city, "gz.example.org")
    approve_site(world, PLATFORM, city)
    assert claim_site(world, city.owner, city, "gz.example.org")["approved"]
    assert not claim_site(world, city.owner, city, "bank.example.org")["approved"]
    assert site(world, "gz.example.org")["main"]
    assert site(world, "bank.example.org")["main"]


def test_a_claim_keeps_nobody_from_a_domain_and_an_approval_does(
    world: World, province: Node, city: Node, other_city: Node
) -> None:
    claim_site(world, other_city.owner, other_city, "gz.example.org")
    claim_site(world, city.owner, city, "gz.example.org")
    approve_site(world, PLATFORM, city)
    with pytest.raises(DomainTaken):
        approve_site(world, PLATFORM, other_city)
    with pytest.raises(Invalid) as refusal:
        claim_site(world, other_city.owner, other_city, "gz.example.org")
    assert refusal.value.errors[0].code == "taken"
    assert site(world, "gz.example.org")["organization_id"] == city.id


def test_below_the_platforms_own_domain_no_approval_is_needed(world: World, city: Node, other_city: Node) -> None:
    settings = world.units.runtime.settings
    world.units.runtime = replace(world.units.runtime, settings=replace(settings, base_domains=("example.org",)))
    assert claim_site(world, city.owner, city, "gz.example.org")["approved"]
    assert not claim_site(world, other_city.owner, other_city, "notexample.org")["approved"]


def test_only_the_root_and_the_platform_approve_and_see_what_waits(
    world: World, province: Node, city: Node, team: Node
) -> None:
    claim_site(world, team.owner, team, "team.example.org")
    for caller in (team.owner, city.owner, world.holder(province, "reviewer")):
        with pytest.raises(Forbidden):
            approve_site(world, caller, team)
        with pytest.raises(Forbidden):
            waiting(world, caller)
    with pytest.raises(NotAuthenticated):
        approve_site(world, ANYBODY, team)
    with pytest.raises(NotFound):
        approve_site(world, province.owner, city)
    assert claim_site(world, province.owner, city, "gz.example.org")["approved"]
    assert approve_site(world, province.owner, team)["approved"]
