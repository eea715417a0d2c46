"""People on a running platform, for e2e and fault tests: made as the demonstration makes them, over HTTP."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx

from demo.check import at_once
from demo.client import Client, wait_for
from demo.journey import world_of
from demo.parts.p2_organizations import PROVINCE, PROVINCE_ACCOUNT
from demo.parts.registering import (
    province_of_somebody_else,
    register_organization,
    register_volunteer,
    standing_organization,
)
from demo.world import Organization, Volunteer, World
from deploy.local.platform import Platform

GUANGZHOU = "440100"


@contextmanager
def living(platform: Platform) -> Iterator[World]:
    """The platform as a visitor meets it, with a supply of invented people."""
    with httpx.Client(base_url=platform.base_url, timeout=30, trust_env=False) as http:
        yield world_of(platform.access(), None, Client(http))


def province(world: World) -> Organization:
    """The root, approved; the one that the demonstration uses too, since a platform has one."""
    root = standing_organization(world, PROVINCE_ACCOUNT, "province") or province_of_somebody_else(
        world, PROVINCE_ACCOUNT
    )
    if root is None:
        root = register_organization(
            world, "广东省志愿服务联合会", kind="province", region=PROVINCE, account=PROVINCE_ACCOUNT
        )
    if root.owner.get(f"/organizations/{root.id}")["status"] == "pending":
        world.platform.post(f"/reviews/organizations/{root.id}/decision", approve=True)
    return root


def team(world: World, name: str) -> Organization:
    """A new team right below the root, approved and known to every service."""
    root = province(world)
    account = f"test-{world.invented.number}-team"
    made = register_organization(
        world, f"{name}（{world.invented.number}）", kind="team", region=GUANGZHOU, parent=root, account=account
    )
    root.owner.post(f"/reviews/organizations/{made.id}/decision", approve=True)
    return made


def active_volunteers(world: World, home: Organization, number: int) -> list[Volunteer]:
    """New volunteers of ``home``, approved, and known as active to every service."""
    people = [world.invented.person() for _ in range(number)]
    made = at_once(lambda person: register_volunteer(world, person, home.id)[0], people)

    def reviews() -> list[dict[str, Any]]:
        found = list(home.owner.pages("/reviews/memberships"))
        return found if len(found) == number else []

    decisions = [{"id": review["id"], "approve": True} for review in wait_for(reviews)]
    home.owner.post("/reviews/memberships/decisions", decisions=decisions)
    assert wait_for(lambda: all(at_once(lambda v: v.client.get("/me")["volunteer"]["status"] == "active", made)))
    return made
