"""8, with thirty others: a unit proposes, each consents, and the bank comes (notice, 一.3; PIPL 23)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from demo.check import at_once
from demo.world import Organization, Stage, Volunteer

_GUARDIAN = {"name": "监护人甲", "phone": "14400000001", "consent": True}
ENOUGH = 30


def go_as_group(stage: Stage, team: Organization, volunteers: list[Volunteer], consent: dict[str, str]) -> str:
    """29 are too few; of more, 30 consent; answers the group's id."""
    world, check = stage.world, stage.check
    day = (world.clock.now() + timedelta(days=14)).date().isoformat()

    def propose(members: list[Volunteer]) -> Any:
        return team.owner.post(
            "/card/group-applications",
            organization_id=team.id,
            region="440100",
            bank=consent["recipient"],
            card_type="debit",
            volunteer_ids=[member.id for member in members],
            address="越秀区寺贝通津一号大院礼堂",
            preferred_dates=[day],
            contact={"name": "联络员甲", "phone": team.phone},
        )

    check.refused(lambda: propose(volunteers[:29]), "a group of 29", status=422, code="group_too_small")
    world.count("card", "zhiyuan_card_refusals_total", code="group_too_small")
    group = propose(volunteers)
    check.equal(group["status"], "collecting", "a unit proposes a group; nothing goes to the bank yet")
    world.count("card", "zhiyuan_card_groups_total", bank=group["bank"], status="collecting")
    world.count_sms("card_group_proposed", by=group["proposed"])
    excluded = {one["volunteer_id"] for one in group["excluded"]}
    asked = [member for member in volunteers if member.id not in excluded]
    _answers(stage, team, group, asked, consent)
    return str(group["group_id"])


def _answers(
    stage: Stage, team: Organization, group: dict[str, Any], asked: list[Volunteer], consent: dict[str, str]
) -> None:
    world, check = stage.world, stage.check
    address = f"/me/card-group-proposals/{group['group_id']}"

    def agree(member: Volunteer) -> dict[str, Any]:
        (proposal,) = member.client.get("/me/card-group-proposals")["items"]
        guardian = {"guardian": _GUARDIAN} if proposal["needs_guardian"] else {}
        return dict(member.client.post(f"{address}/consent", consent=consent, **guardian))

    def counted() -> dict[str, Any]:
        return dict(team.owner.get(f"/organizations/{team.id}/card-groups")["items"][0])

    at_once(agree, asked[: ENOUGH - 1])
    asked[ENOUGH].client.post(f"{address}/refusal")
    seen = counted()
    check.equal(
        (seen["status"], seen["consented"], seen["refused"]),
        ("collecting", ENOUGH - 1, 1),
        "29 consent by themselves and one refuses; the unit sees how many, and not who",
    )
    check.equal(agree(asked[ENOUGH - 1])["reply"], "applied", "the 30th consent makes an application of each")
    check.equal(
        (counted()["status"], counted()["member_count"]), ("requested", ENOUGH), "and the bank is asked to come"
    )
    world.count("card", "zhiyuan_card_groups_total", bank=group["bank"], status="requested")
    world.count("card", "zhiyuan_card_applications_total", by=ENOUGH, bank="boc", card_type="debit", outcome="waiting")
    world.count_sms("card_group_visit_requested")
    world.count_sms("card_routed", by=ENOUGH)
    check.eventually(lambda: world.inbox.of(team.phone, "card_group_visit_requested"), "the unit is told by SMS")
