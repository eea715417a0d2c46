"""A unit asks the bank to come: who may ask, who counts, and what leaves the platform."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from services.card import commands
from services.card.domain import Bank, CardType
from services.card.errors import GroupTooSmall, NoBranchInCity
from services.card.use_cases import group_visits
from services.chassis.context import Caller
from services.chassis.errors import Forbidden, Invalid, NotFound
from services.chassis.ids import new_id
from tests.service.card.conftest import SHENZHEN, Card, administrator, opened

IN_A_WEEK = date(2026, 3, 9)


class Unit:
    """A unit with a team below it and thirty volunteers, half of them in the team."""

    def __init__(self, card: Card) -> None:
        self.card = card
        self.root = card.organization()
        self.id = card.organization(self.root)
        self.team = card.organization(self.root, self.id)
        self.members = [card.volunteer((self.id, self.team)[n % 2]).volunteer_id for n in range(30)]

    def ask(self, caller: Caller | None = None, **changed: Any) -> dict[str, Any]:
        """POST /card/group-applications."""
        values: dict[str, Any] = {
            "organization_id": self.id,
            "region": "440100",
            "bank": Bank.BOC,
            "card_type": CardType.DEBIT,
            "volunteer_ids": self.members,
            "address": "越秀区示例路2号",
            "preferred_dates": [IN_A_WEEK],
            "contact": commands.GroupContact(name="联系人甲", phone="13900000099"),
            **changed,
        }
        with self.card.units(caller or administrator(self.id)) as uow:
            return group_visits.apply_as_group(commands.ApplyAsGroup(**values), uow)


@pytest.fixture
def unit(card: Card) -> Unit:
    """The unit."""
    return Unit(card)


def test_thirty_volunteers_bring_the_bank_to_the_unit(unit: Unit) -> None:
    answer = unit.ask()

    assert (answer["status"], answer["member_count"]) == ("requested", 30)
    assert answer["branch_contact"] == {"name": "客服热线", "phone": "95566"}
    (told,) = unit.card.units.published("card.group_visit_requested")
    assert (told["data"]["group_id"], told["data"]["member_count"]) == (answer["group_id"], 30)


def test_the_bank_learns_where_when_and_whom_to_call_and_nothing_of_the_members(unit: Unit) -> None:
    answer = unit.ask()

    (message,) = unit.card.at_bank()
    assert message.keys() == {"id", "type", "bank", "time", "group_id", "jwe"}
    document = opened(Bank.BOC, message["jwe"])
    assert document["group_id"] == answer["group_id"]
    assert (document["address"], document["member_count"]) == ("越秀区示例路2号", 30)
    assert document["contact"] == {"name": "联系人甲", "phone": "13900000099"}
    assert not any(member in str(document) for member in unit.members)


def test_29_are_too_few(unit: Unit) -> None:
    with pytest.raises(GroupTooSmall) as refusal:
        unit.ask(volunteer_ids=unit.members[:29])
    assert refusal.value.data == {"minimum": 30, "given": 29}


def test_one_person_twice_counts_once(unit: Unit) -> None:
    with pytest.raises(GroupTooSmall):
        unit.ask(volunteer_ids=[*unit.members[:29], unit.members[0]])


def test_volunteers_of_other_units_and_those_who_are_not_active_do_not_count(unit: Unit) -> None:
    elsewhere = unit.card.volunteer(unit.card.organization(unit.root)).volunteer_id
    pending = unit.card.volunteer(unit.id, status="pending_review").volunteer_id
    for outsider in (elsewhere, pending, new_id()):
        with pytest.raises(GroupTooSmall):
            unit.ask(volunteer_ids=[*unit.members[:29], outsider])


def test_organizers_of_the_unit_or_above_may_ask_and_nobody_else(unit: Unit) -> None:
    sibling = unit.card.organization(unit.root)
    for caller in (administrator(unit.team), administrator(sibling), administrator(unit.id, "reviewer")):
        with pytest.raises(Forbidden):
            unit.ask(caller)
    with pytest.raises(NotFound):
        unit.ask(organization_id=new_id())

    assert unit.ask(administrator(unit.root))["member_count"] == 30
    assert unit.ask(administrator(unit.id, "organizer"))["member_count"] == 30


def test_where_there_is_no_branch_nobody_comes(unit: Unit) -> None:
    with pytest.raises(NoBranchInCity):
        unit.ask(region=SHENZHEN)


def test_every_date_that_has_passed_is_named(unit: Unit) -> None:
    today = IN_A_WEEK - timedelta(days=7)
    with pytest.raises(Invalid) as refusal:
        unit.ask(preferred_dates=[today, IN_A_WEEK, today - timedelta(days=1)])
    assert [error.field for error in refusal.value.errors] == ["preferred_dates.0", "preferred_dates.2"]
