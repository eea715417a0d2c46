"""9. Supervision: the notice's indicators (notice, 二) for the province, a city and the 省直 system."""

from __future__ import annotations

from typing import Any

from demo.check import needed
from demo.world import Organization, Stage

TITLE = "Supervision"

INDICATORS = (
    "organizations_on_file",
    "volunteers_on_file",
    "league_members_registered",
    "card_holders",
    "organizations_with_activity",
    IN_TIME := "hours_recorded_in_time",
)


def play(stage: Stage) -> None:
    """Units declare how many they are; then shares can be told."""
    world, check = stage.world, stage.check
    root, city = needed(world.root, "the province"), needed(world.guangzhou, "the city of Guangzhou")
    system = needed(world.system, "the 省直 system")
    _declare(stage, root, organizations=200, volunteers=9000, league_members=3000)
    _declare(stage, system, organizations=4, volunteers=60, league_members=25)
    _declare(stage, city, organizations=12, volunteers=400, league_members=150)
    for organization in (root, city):
        _every_indicator(stage, organization)
    of_the_city = _supervision(city)
    check.equal(
        of_the_city["volunteers_on_file"]["numerator"] - (world.city_volunteers_before or 0),
        len(needed(world.elsewhere, "the city's volunteers")),
        f"in {city.name} this run's nine volunteers have come on file",
    )
    check.eventually(lambda: _supervision(system)["card_holders"]["numerator"] == 1, "the activated card is counted")
    check.eventually(
        lambda: _supervision(system)[IN_TIME]["numerator"] > 0, "hours that were complete within ten days count so"
    )
    found = {name: (i["numerator"], i["denominator"]) for name, i in _supervision(system).items() if name != IN_TIME}
    expected = {
        "organizations_on_file": (4, 4),  # the system, two units, the team
        "volunteers_on_file": (50, 60),
        "league_members_registered": (world.league_members, 25),
        "card_holders": (1, 50),
        "organizations_with_activity": (1, 4),  # what was revoked does not count
    }
    check.equal(found, expected, f"every other figure of {system.name}, all of it this run's own")
    behind = list(root.owner.pages("/supervision/volunteers_on_file/organizations", organization_id=root.id))
    check.equal(
        sum(row["numerator"] for row in behind),
        _supervision(root)["volunteers_on_file"]["numerator"],
        "the list of organizations behind a figure adds up to it",
    )
    table = root.owner.fetch("/supervision", "text/csv", organization_id=root.id).decode("utf-8-sig")
    check.that(all(name in table for name in INDICATORS), "the same as CSV")
    check.refused(
        lambda: city.owner.get("/supervision", organization_id=system.id),
        "another branch's figures are not the city's to see",
        status=403,
        code="forbidden",
    )


def _declare(stage: Stage, organization: Organization, **declared: int) -> None:
    people = [stage.world.invented.person() for _ in range(2)]
    organization.owner.post(
        "/adoption-receipts",
        organization_id=organization.id,
        contacts=[
            {"role": role, "name": person.name, "post": post, "mobile": person.phone}
            for (role, post), person in zip((("liaison", "干事"), ("head", "部长")), people, strict=True)
        ],
        needs={"organization_tree": True, "training": True, "training_plan": "十二月集中培训一次"},
        declared=declared,
    )
    stage.check.that(True, f"{organization.name} sends the receipt of attachment 1, with its head counts")


def _supervision(organization: Organization) -> dict[str, dict[str, Any]]:
    answer = organization.owner.get("/supervision", organization_id=organization.id)
    return {indicator["indicator"]: indicator for indicator in answer["indicators"]}


def _every_indicator(stage: Stage, organization: Organization) -> None:
    check, found = stage.check, _supervision(organization)
    check.equal(tuple(found), INDICATORS, f"{organization.name}: every indicator of the notice")
    sound = all(_is_share(i) and i["formula"]["zh"] and i["formula"]["en"] for i in found.values())
    check.that(sound, "each with numerator, denominator and formula, and the value is what the formula says")
    for name, i in found.items():
        value = "–" if i["value"] is None else f"{i['value']:.1%}"
        share = f"{name:28}{value:>7} = {i['numerator']} / {i['denominator']}, target {i['target']:.0%}"
        check.tell(f"{share}: {i['formula']['zh']}")


def _is_share(indicator: dict[str, Any]) -> bool:
    numerator, denominator, value = (indicator[name] for name in ("numerator", "denominator", "value"))
    if not denominator:
        return value is None
    return bool(abs(value - min(1.0, numerator / denominator)) < 0.0001)
