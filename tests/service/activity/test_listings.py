"""What search looks at follows the activities, whoever changes them, and the tree that they belong to."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from services.activity.models import Listing, Relisting
from services.activity.use_cases import listing
from services.organization.events import OrganizationChanged
from tests.service.activity.conftest import World
from tests.service.activity.test_finding import found


def move(world: World, organization_id: str, *path: str, version: int = 2) -> None:
    """News arrive that an organization is below ``path`` now."""
    changed = OrganizationChanged(
        organization_id=organization_id,
        name="越秀区青年志愿者协会",
        kind="association",
        region="440100",
        status="active",
        path=[*path, organization_id],
    )
    world.hears(listing.copy_organization, changed, version)


def relist(world: World) -> int:
    """The timer comes by; answers how many listings wait for it still."""
    listing.relist_all(world.units.factory())
    return count(world, Relisting)


def count(world: World, model: type[Any]) -> int:
    with world.units() as uow:
        return int(uow.session.scalar(sa.select(sa.func.count()).select_from(model)))


def test_what_is_edited_is_found_by_what_it_says_now(world: World) -> None:
    activity = world.published(title="越秀公园环境清洁")
    world.edit(activity["activity_id"], title="东湖公园植树", region="440402", shifts=[world.shift(starts=240)])
    assert (found(world, q="环境清洁"), found(world, region="440100")) == ([], [])
    assert found(world, q="植树", region="440400", **{"from": "2026-03-12"}) == ["东湖公园植树"]
    world.draft(title="尚未发布")
    assert count(world, Listing) == 1


def test_what_was_called_off_is_listed_no_longer(world: World) -> None:
    activity = world.published()
    world.revoke(activity["activity_id"])
    assert (found(world), count(world, Listing)) == ([], 0)


def test_an_organization_that_moves_takes_its_activities_along(world: World) -> None:
    world.published(title="越秀公园环境清洁")
    assert found(world, organization_id=world.zhuhai) == []
    move(world, world.team, world.province, world.zhuhai)
    assert relist(world) == 0
    assert found(world, organization_id=world.zhuhai) == ["越秀公园环境清洁"]
    assert found(world, organization_id=world.guangzhou) == []
    assert found(world, organization_id=world.province) == found(world, organization_id=world.team) != []


def test_news_that_move_nothing_or_are_old_make_no_work(world: World) -> None:
    world.published()
    move(world, world.team, world.province, world.guangzhou, version=3)
    move(world, world.team, world.province, world.zhuhai, version=2)
    assert count(world, Relisting) == 0


def test_what_a_version_without_listings_published_is_found_once_the_timer_came_by(world: World) -> None:
    for title in ("越秀公园环境清洁", "图书馆整理"):
        world.published(title=title)
    with world.units() as uow:
        uow.session.execute(sa.delete(Listing))
    assert found(world) == []
    relist(world)
    assert len(found(world)) == 2


def test_what_was_called_off_before_the_timer_came_by_stays_so(world: World) -> None:
    activity = world.published()
    move(world, world.team, world.province, world.zhuhai)
    world.revoke(activity["activity_id"])
    assert relist(world) == 0
    assert count(world, Listing) == 0
