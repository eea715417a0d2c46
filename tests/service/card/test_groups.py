"""A unit proposes, each member answers, and the bank comes: what leaves the platform when, and who hears of it."""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import Any

import pytest

from services.card import commands
from services.card.domain import Bank, CardType
from services.card.errors import (
    ApplicationOpen,
    ConsentRequired,
    GroupClosed,
    GroupTooSmall,
    GuardianRequired,
    NoBranchInCity,
)
from services.card.models import GroupMember
from services.card.use_cases import group_replies, visit_reports
from services.chassis.context import Caller
from services.chassis.errors import Forbidden, IllegalTransition, Invalid, NotFound
from services.chassis.ids import new_id
from services.identity.events import VolunteerErased
from tests.service.card.conftest import CURRENT_VERSION, SHENZHEN, Card, administrator, opened
from tests.service.card.unit import IN_A_WEEK, Unit

GUARDIAN = commands.Guardian(name="监护人甲", phone="13900000001", consent=True)


def proposals(card: Card, member: Caller) -> list[dict[str, Any]]:
    with card.units.factory(member).reading() as uow:
        query = commands.ListProposals(limit=20, cursor=None)
        return list(group_replies.list_proposals(query, uow)["items"])


@pytest.fixture
def unit(card: Card) -> Unit:
    """The unit."""
    return Unit(card)


def test_nothing_of_a_member_goes_anywhere_before_thirty_have_consented_and_then_it_does(
    card: Card, unit: Unit
) -> None:
    group = unit.propose()
    group_id = group["group_id"]
    assert (group["status"], group["proposed"], group["consent_until"].isoformat()) == (
        "collecting", 31, "2026-03-09T00:00:00+08:00",
    )  # fmt: skip
    assert sorted(event["volunteer_id"] for event in unit.told("card.group_proposed")) == sorted(unit.ids)

    with pytest.raises(ConsentRequired):
        unit.consent(unit.members[0], group_id, consent=None)
    unit.consent(unit.members[0], group_id, address="天河区示例路9号")
    for member in unit.members[1:29]:
        assert unit.consent(member, group_id)["reply"] == "consented"
    assert unit.refuse(unit.members[1], group_id)["reply"] == "refused"  # thinks better of it
    unit.consent(unit.members[29], group_id)
    assert card.at_bank() == []
    assert card.seal_waiting() == 0
    (counted,) = unit.groups()
    assert [counted[name] for name in ("status", "consented", "refused", "pending")] == ["collecting", 29, 1, 1]

    assert unit.consent(unit.members[1], group_id)["reply"] == "applied"  # the thirtieth

    (asked,) = card.at_bank()
    visit = opened(Bank.BOC, asked["jwe"])
    assert (visit["group_id"], visit["member_count"], visit["address"]) == (group_id, 30, "越秀区示例路2号")
    assert not any(member in str(visit) for member in unit.ids)
    assert [event["member_count"] for event in unit.told("card.group_visit_requested")] == [30]
    assert card.seal_waiting() == 30
    documents = {request["volunteer_id"]: request["document"] for request in card.identity.requests}
    assert {document["group_id"] for document in documents.values()} == {group_id}
    assert documents[unit.ids[0]]["address"] == "天河区示例路9号"
    assert documents[unit.ids[2]]["address"] == "越秀区示例路2号"
    (mine,) = card.mine(unit.members[2])
    assert (mine["status"], mine["group_id"], mine["consent"]["version"]) == ("routed", group_id, CURRENT_VERSION)

    assert unit.consent(unit.members[30], group_id)["reply"] == "applied"  # later ones join
    with pytest.raises(IllegalTransition):
        unit.refuse(unit.members[30], group_id)
    (counted,) = unit.groups()
    assert [counted[name] for name in ("status", "consented", "pending", "member_count")] == ["requested", 31, 0, 30]
    with card.units() as uow:
        assert uow.groups.member(group_id, unit.ids[0]).details_sealed is None


def test_who_may_not_have_the_card_is_named_at_once_and_later_and_does_not_count(card: Card, unit: Unit) -> None:
    elsewhere = str(card.volunteer(card.organization(unit.root)).volunteer_id)
    pending = str(card.volunteer(unit.id, status="pending_review").volunteer_id)
    child = str(card.volunteer(unit.id, birth_date=date(2012, 1, 1)).volunteer_id)
    unknown = new_id()
    listed = [*unit.ids, elsewhere, pending, child, unknown]
    with pytest.raises(GroupTooSmall) as refusal:
        unit.propose(volunteer_ids=[*unit.ids[:29], unit.ids[0], elsewhere])
    assert (refusal.value.data["given"], refusal.value.data["excluded"]) == (
        29, [{"volunteer_id": elsewhere, "code": "not_of_the_unit"}],
    )  # fmt: skip

    group = unit.propose(volunteer_ids=listed, card_type=CardType.CREDIT)
    assert {one["volunteer_id"]: one["code"] for one in group["excluded"]} == {
        elsewhere: "not_of_the_unit", unknown: "not_of_the_unit", pending: "volunteer_not_active",
        child: "adult_required",
    }  # fmt: skip

    group_id, applied, suspended, erased = group["group_id"], *unit.members[:3]
    for member in unit.members[:29]:
        unit.consent(member, group_id)
    card.apply(applied)  # alone, meanwhile
    card.volunteer(unit.id, volunteer_id=suspended.volunteer_id, status="suspended", version=2)
    card.receive(VolunteerErased(volunteer_id=unit.ids[2], account_id=str(erased.account_id)), version=2)
    with pytest.raises(ApplicationOpen):
        unit.consent(applied, group_id)
    for member in unit.members[29:]:
        unit.consent(member, group_id)

    (counted,) = unit.groups()
    assert (counted["status"], counted["consented"]) == ("collecting", 28)
    assert {one["volunteer_id"]: one["code"] for one in counted["excluded"]} == {
        unit.ids[0]: "application_open", unit.ids[1]: "volunteer_not_active", unit.ids[2]: "volunteer_not_active",
    }  # fmt: skip
    assert [one["code"] for one in proposals(card, applied)] == ["application_open"]


def test_below_thirty_at_the_deadline_each_who_consented_is_offered_the_single_way(card: Card, unit: Unit) -> None:
    child = card.volunteer(unit.id, birth_date=date(2012, 1, 1))
    group_id = unit.propose(volunteer_ids=[*unit.ids, str(child.volunteer_id)])["group_id"]
    assert proposals(card, child)[0]["needs_guardian"] is True
    with pytest.raises(GuardianRequired):
        unit.consent(child, group_id)
    unit.consent(child, group_id, guardian=GUARDIAN)
    unit.consent(unit.members[0], group_id)
    unit.consent(unit.members[1], group_id)
    assert unit.pass_deadlines() == 0

    card.clock.advance(days=14)
    assert unit.pass_deadlines() == 1

    assert [(event["consented"], event["minimum"]) for event in unit.told("card.group_lapsed")] == [(3, 30)]
    offered = {event["volunteer_id"] for event in unit.told("card.single_way_offered")}
    assert offered == {child.volunteer_id, *unit.ids[:2]}
    assert card.at_bank() == []
    with pytest.raises(GroupClosed):
        unit.consent(unit.members[2], group_id)
    for caller, refusal in ((unit.members[2], GroupClosed), (card.volunteer(), NotFound)):
        with pytest.raises(refusal):
            group_replies.apply_singly(
                commands.OneProposal(group_id=group_id), card.units.factory(caller), card.identity
            )

    one = group_replies.apply_singly(commands.OneProposal(group_id=group_id), card.units.factory(child), card.identity)
    assert (one["status"], one["group_id"], one["consent"]["given_by"]) == ("routed", None, "guardian")
    assert card.identity.requests[-1]["document"]["guardian"]["name"] == "监护人甲"

    card.clock.advance(days=14)
    unit.pass_deadlines()
    with pytest.raises(GroupClosed):
        group_replies.apply_singly(
            commands.OneProposal(group_id=group_id), card.units.factory(unit.members[0]), card.identity
        )
    with card.units() as uow:
        assert uow.session.query(GroupMember).filter(GroupMember.details_sealed.is_not(None)).count() == 0


def test_the_visit_is_scheduled_and_done_as_the_unit_or_the_bank_says_and_never_backwards(
    card: Card, unit: Unit
) -> None:
    group_id = unit.propose()["group_id"]
    scheduled = {"status": "scheduled", "visit_on": "2026-03-09"}

    def by_http(bank: str, body: dict[str, Any], webhook_id: str) -> dict[str, Any]:
        signed = card.signed(bank, group_id, body, webhook_id=webhook_id)
        given = {name: value for name, value in vars(signed).items() if name != "application_no"}
        return visit_reports.report_visit(
            commands.ReportVisit(group_id=group_id, **given),
            card.units.factory(),
            card.units.runtime.settings,  # type: ignore[arg-type]
        )

    with pytest.raises(NotFound):
        by_http("boc", scheduled, "early")  # the bank was not asked yet
    for member in unit.members[:30]:
        unit.consent(member, group_id)
    with pytest.raises(NotFound):
        by_http("ceb", scheduled, "other")
    with pytest.raises(Invalid, match="visit_on: required"):
        by_http("boc", {"status": "scheduled"}, "day")

    assert by_http("boc", scheduled, "m1") == {"group_id": group_id, "status": "scheduled", "changed": True}
    assert by_http("boc", scheduled, "m1")["changed"] is False
    with pytest.raises(Invalid, match="reason: required"):
        unit.visit(group_id, "cancelled")
    assert unit.visit(group_id, "scheduled", visit_on=IN_A_WEEK + timedelta(days=1))["visit_on"] == date(2026, 3, 10)

    message = commands.BankMessage(
        exchange="partner.boc.statuses",
        message_id="m2",
        type="card.group_visit_status.v1",
        body=json.dumps({"group_id": group_id, "status": "done"}).encode(),
    )
    assert card.take(message) == "changed"
    assert by_http("boc", scheduled, "m3") == {"group_id": group_id, "status": "done", "changed": False}
    with pytest.raises(IllegalTransition):
        unit.visit(group_id, "cancelled", reason="无人到场")
    told = [(event["status"], event["visit_on"]) for event in unit.told("card.group_visit_changed")]
    assert told == [("scheduled", "2026-03-09"), ("scheduled", "2026-03-10"), ("done", "2026-03-10")]


def test_organizers_of_the_unit_or_above_propose_see_and_call_off_and_nobody_else(card: Card, unit: Unit) -> None:
    sibling = card.organization(unit.root)
    strangers = (administrator(unit.team), administrator(sibling), administrator(unit.id, "reviewer"))
    for caller in strangers:
        with pytest.raises(Forbidden):
            unit.propose(caller)
    with pytest.raises(NotFound):
        unit.propose(organization_id=new_id())
    with pytest.raises(NoBranchInCity):
        unit.propose(region=SHENZHEN)
    with pytest.raises(Invalid) as refusal:
        unit.propose(preferred_dates=[date(2026, 3, 2), IN_A_WEEK, date(2026, 3, 1)])
    assert [error.field for error in refusal.value.errors] == ["preferred_dates.0", "preferred_dates.2"]
    unit.propose(administrator(unit.root))
    group_id = unit.propose(administrator(unit.id, "organizer"))["group_id"]
    unit.consent(unit.members[0], group_id)

    for caller in strangers:
        with pytest.raises(Forbidden):
            unit.groups(caller)
        with pytest.raises(NotFound):
            unit.visit(group_id, "cancelled", caller, reason="误操作")
    with pytest.raises(NotFound):
        unit.refuse(card.volunteer(unit.id), group_id)  # not on the list
    taken_back = unit.visit(group_id, "cancelled", reason="改期")
    assert (taken_back["status"], len(unit.groups())) == ("cancelled", 2)
    assert [event["volunteer_id"] for event in unit.told("card.single_way_offered")] == [unit.ids[0]]
