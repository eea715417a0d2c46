"""Products have days, contacts have a history, and an import does what its preview showed."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from services.card import commands
from services.card.domain import Bank, CardType
from services.card.errors import ContactsChanged, NoBranchInCity, PeriodsOverlap
from services.card.use_cases import branch_contacts, product_periods, reading
from services.chassis.clock import local_day
from services.chassis.context import ANONYMOUS, Caller
from services.chassis.errors import AppError, Forbidden, Invalid, Unavailable
from services.chassis.ids import new_id
from tests.service.card.conftest import GUANGZHOU, PLATFORM, SHENZHEN, Card
from tests.unit.card.notice_text import notice_text

TIANHE = "440106"
CSV = (
    "city,bank,card_type,branch,contact,phone\n"
    "深圳,boc,debit,中国银行深圳分行,庚辛,13911110000\n"
    "广州,boc,debit,中国银行天河支行,壬癸,13911110001\n"
    "广州,ceb,debit,光大银行广州分行,客服热线,95595\n"
)


def periods(card: Card, region: str = GUANGZHOU, bank: str | None = "boc") -> list[dict[str, Any]]:
    query = commands.ListProductPeriods(region=region, bank=bank, limit=100, cursor=None)
    with card.units.factory(PLATFORM).reading() as uow:
        return list(product_periods.list_periods(query, uow)["items"])


def end(card: Card, period_id: str, last_day: date | None) -> dict[str, Any]:
    with card.units(PLATFORM) as uow:
        command = commands.EndProductPeriod(period_id=period_id, offered_until=last_day)
        return product_periods.end_period(command, uow)


def offer(card: Card, first: date, last: date | None = None, *, region: str = TIANHE) -> dict[str, Any]:
    command = commands.OpenProductPeriod(
        region=region, bank=Bank.BOC, card_type=CardType.DEBIT, offered_from=first, offered_until=last
    )
    with card.units(PLATFORM) as uow:
        return product_periods.open_period(command, uow)


def products(card: Card, region: str = TIANHE) -> list[tuple[str, str]]:
    with card.units.factory(ANONYMOUS).reading() as uow:
        found = reading.find_products(commands.FindProducts(region=region, limit=100, cursor=None), uow)
    return [(product["bank"], product["card_type"]) for product in found["items"]]


def preview(card: Card, text: str, caller: Caller = PLATFORM) -> dict[str, Any]:
    with card.units.factory(caller).reading() as uow:
        return branch_contacts.preview_import(commands.PreviewImport(format="csv", text=text), uow)


def do_import(card: Card, text: str, digest: str | None = None, format: str = "csv") -> dict[str, Any]:
    with card.units(PLATFORM) as uow:
        command = commands.ImportBranchContacts(format=format, text=text, digest=digest)
        return branch_contacts.import_branch_contacts(command, uow)


def test_a_product_ends_after_its_last_day_and_its_contact_stays(card: Card) -> None:
    today = local_day(card.clock.now())
    (debit,) = [period for period in periods(card) if period["card_type"] == "debit"]
    assert (debit["offered_from"], debit["offered_until"]) == (today, None)
    under_way, late = card.volunteer(), card.volunteer()
    card.apply(under_way)

    end(card, debit["period_id"], today)
    assert ("boc", "debit") in products(card)
    card.clock.advance(days=1)
    assert products(card) == [("boc", "credit"), ("ceb", "credit"), ("ceb", "debit")]
    with pytest.raises(NoBranchInCity) as refusal:
        card.apply(late)
    assert ["boc", "ceb"] in [place["banks"] for place in refusal.value.data["possible"] if place["city"] == GUANGZHOU]

    assert card.mine(under_way)[0]["contact"] == {"name": "客服热线", "phone": "95566"}
    with card.units.factory(PLATFORM).reading() as uow:
        query = commands.ListBranchContacts(region=GUANGZHOU, bank="boc", limit=100, cursor=None)
        assert len(branch_contacts.list_branch_contacts(query, uow)["items"]) == 2


def test_what_has_ended_is_offered_again_from_a_day_on_and_no_two_periods_overlap(card: Card) -> None:
    today = local_day(card.clock.now())
    (debit,) = [period for period in periods(card) if period["card_type"] == "debit"]
    with pytest.raises(PeriodsOverlap):
        offer(card, today + timedelta(days=30))
    with pytest.raises(Invalid):
        end(card, debit["period_id"], today - timedelta(days=1))
    end(card, debit["period_id"], today)

    again = offer(card, today + timedelta(days=2))
    assert (again["city"], again["offered_until"]) == (GUANGZHOU, None)
    with pytest.raises(PeriodsOverlap):
        end(card, debit["period_id"], None)
    do_import(card, notice_text(), format="notice")  # somebody new to call: the product's days stay as they are
    card.clock.advance(days=1)
    assert ("boc", "debit") not in products(card)
    card.clock.advance(days=1)
    assert ("boc", "debit") in products(card)

    with pytest.raises(Invalid):
        offer(card, today, region="110105")
    with card.units(Caller(kind="administrator", account_id=new_id())) as uow, pytest.raises(Forbidden):
        product_periods.list_periods(commands.ListProductPeriods(region=None, bank=None, limit=1, cursor=None), uow)


def test_a_preview_shows_every_change_from_what_to_what_and_changes_nothing(card: Card) -> None:
    seen = preview(card, CSV)

    assert seen["changes"] == {"added": 1, "replaced": 1, "unchanged": 1, "not_named": 56}
    (added,), (replaced,) = seen["added"], seen["replaced"]
    assert (added["city_name"], added["contact"], added["line"]) == (
        "深圳",
        {"name": "庚辛", "phone": "13911110000"},
        2,
    )
    assert (replaced["former_branch"], replaced["branch"]) == ("中国银行省行广州发展部", "中国银行天河支行")
    assert replaced["former_contact"] == {"name": "客服热线", "phone": "95566"}
    assert replaced["contact"] == {"name": "壬癸", "phone": "13911110001"}
    assert [contact["branch"] for contact in seen["unchanged"]] == ["光大银行广州分行"]
    assert len(seen["not_named"]) == 56
    assert products(card, SHENZHEN) == []
    with pytest.raises(Forbidden):
        preview(card, CSV, card.volunteer())


def test_what_was_previewed_is_imported_and_nothing_else(card: Card) -> None:
    digest = preview(card, CSV)["digest"]
    with pytest.raises(ContactsChanged):
        do_import(card, CSV.replace("13911110001", "13911110002"), digest)

    assert do_import(card, CSV, digest)["changes"]["replaced"] == 1
    assert products(card, SHENZHEN) == [("boc", "debit")]
    with pytest.raises(ContactsChanged):
        do_import(card, CSV, digest)
    assert do_import(card, CSV, preview(card, CSV)["digest"])["changes"]["unchanged"] == 3


def test_the_history_says_which_contact_counted_when_and_which_one_an_application_went_to(card: Card) -> None:
    volunteer, later = card.volunteer(), card.volunteer()
    card.apply(volunteer)
    waiting: AppError = Unavailable()
    card.identity.failures = [waiting]
    card.apply(later)
    card.clock.advance(hours=1)
    do_import(card, CSV)

    with card.units.factory(PLATFORM).reading() as uow:
        query = commands.ListBranchContacts(region=TIANHE, bank="boc", limit=100, cursor=None)
        history = branch_contacts.list_former_contacts(query, uow)["items"]
    debit = [contact for contact in history if contact["card_type"] == "debit"]
    assert [(contact["contact"]["name"], contact["valid_until"]) for contact in debit] == [
        ("壬癸", None),
        ("客服热线", card.clock.now()),
    ]
    (went,) = [step for step in card.mine(volunteer)[0]["history"] if step["status"] == "routed"]
    assert (went["branch"], went["contact"]["phone"]) == ("中国银行省行广州发展部", "95566")

    card.seal_waiting()  # what had not been routed yet goes to whoever answers by now
    assert card.mine(later)[0]["history"][-1]["contact"] == {"name": "壬癸", "phone": "13911110001"}
