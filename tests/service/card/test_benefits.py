"""What comes with the card: insurance from its activation, clothing from the first spend, each once."""

from __future__ import annotations

import json
from typing import Any

import pytest
import sqlalchemy as sa

from services.card import commands
from services.card.domain import Bank
from services.card.domain.clothing import ClothingSize
from services.card.errors import ClothingAlreadyOrdered
from services.card.models import Benefit
from services.card.use_cases import benefits
from services.chassis.context import Caller
from services.chassis.errors import IllegalTransition, NotFound
from services.identity.events import VolunteerErased
from tests.service.card.conftest import Card


def mine(card: Card, caller: Caller) -> dict[str, Any]:
    with card.units.factory(caller).reading() as uow:
        return benefits.list_my_benefits(commands.ListMyBenefits(), uow)


def wear(card: Card, caller: Caller, size: str) -> dict[str, Any]:
    with card.units(caller) as uow:
        return benefits.change_clothing_size(commands.ChangeClothingSize(clothing_size=ClothingSize(size)), uow)


def report(card: Card, number: str, status: str, bank: Bank = Bank.BOC, **other: Any) -> Any:
    return card.report(card.signed(bank, number, {"status": status, **other}))["changed"]


def test_activation_insures_and_the_first_spend_clothes_each_once_and_in_this_order(card: Card) -> None:
    holder = card.volunteer()
    number = card.apply(holder)["application_no"]
    assert mine(card, holder) == {
        "insurance": None, "clothing": None, "clothing_size": "L", "size_may_change": True,
    }  # fmt: skip
    with pytest.raises(IllegalTransition):
        report(card, number, "first_spend")

    assert report(card, number, "activated", at="2026-03-01T09:00:00+08:00")
    assert not report(card, number, "activated")
    insurance = mine(card, holder)["insurance"]
    assert (insurance["started_at"].isoformat(), insurance["up_to_yuan"]) == ("2026-03-01T01:00:00+00:00", 100_000)
    assert len(card.units.published("card.insurance_started")) == 1

    assert wear(card, holder, "XL")["clothing_size"] == "XL"
    spent = json.dumps({"application_no": number, "status": "first_spend"}).encode()
    message = commands.BankMessage(exchange="partner.boc.statuses", message_id="m1", type="card.status.v1", body=spent)
    assert card.take(message) == "changed"
    assert card.take(message) == "unchanged"
    assert not report(card, number, "first_spend")
    (ordered,) = card.units.published("card.clothing_ordered")
    assert (ordered["data"]["clothing_size"], ordered["data"]["application_no"]) == ("XL", number)
    clothing = mine(card, holder)["clothing"]
    assert (clothing["clothing_size"], clothing["ordered_at"]) == ("XL", card.clock.now())
    with pytest.raises(ClothingAlreadyOrdered):
        wear(card, holder, "S")

    second = card.apply(holder, bank=Bank.CEB)["application_no"]  # another card brings nothing twice
    assert report(card, second, "activated", Bank.CEB)
    assert not report(card, second, "first_spend", Bank.CEB)
    assert mine(card, holder)["insurance"]["application_no"] == number
    card.receive(VolunteerErased(volunteer_id=str(holder.volunteer_id), account_id=str(holder.account_id)), version=2)
    with card.units() as uow:
        assert set(uow.session.scalars(sa.select(Benefit.clothing_size))) == {None}


def test_where_no_size_is_known_the_order_waits_for_one(card: Card) -> None:
    holder, stranger = card.volunteer(clothing_size="随便"), card.volunteer()
    number = card.apply(holder)["application_no"]
    report(card, number, "activated")

    assert report(card, number, "first_spend")
    assert card.units.published("card.clothing_ordered") == []
    assert len(card.units.published("card.clothing_size_needed")) == 1
    assert mine(card, holder)["clothing"]["ordered_at"] is None

    assert wear(card, holder, "M")["clothing"]["ordered_at"] == card.clock.now()
    assert [e["data"]["clothing_size"] for e in card.units.published("card.clothing_ordered")] == ["M"]
    with pytest.raises(NotFound):
        wear(card, stranger, "M")
