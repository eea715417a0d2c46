"""Branch contacts with their periods: shipped, imported, replaced, and who may see them."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa

from services.card import commands
from services.card.models import BranchContact
from services.card.use_cases import branch_contacts, reading, reference_data
from services.chassis.audit import AUDIT_LOG
from services.chassis.context import ANONYMOUS, Caller
from services.chassis.errors import Forbidden, Invalid
from services.chassis.ids import new_id
from tests.service.card.conftest import PLATFORM, Card
from tests.unit.card.notice_text import notice_text


def imported(
    card: Card, text: str, format: str = "notice", caller: Caller = PLATFORM, digest: str | None = None
) -> dict[str, Any]:
    with card.units(caller) as uow:
        command = commands.ImportBranchContacts(format=format, text=text, digest=digest)
        return branch_contacts.import_branch_contacts(command, uow)


def products(card: Card, caller: Caller = ANONYMOUS, region: str | None = None, limit: int = 100) -> dict[str, Any]:
    with card.units.factory(caller).reading() as uow:
        return reading.find_products(commands.FindProducts(region=region, limit=limit, cursor=None), uow)


def rows(card: Card) -> list[BranchContact]:
    with card.units() as uow:
        return list(uow.session.scalars(sa.select(BranchContact).order_by(BranchContact.valid_from)))


def test_the_shipped_branches_are_58_in_20_cities_and_loading_them_again_changes_nothing(card: Card) -> None:
    with card.units() as uow:
        reference_data.load(uow)

    assert len(rows(card)) == 58
    assert len({row.city for row in rows(card)}) == 20


def test_the_notice_replaces_the_hotlines_and_closes_the_former_contacts(card: Card) -> None:
    answer = imported(card, notice_text())

    assert (answer["contacts"], answer["cities"], answer["banks"]) == (58, 20, {"boc": 20, "ceb": 9})
    changes = answer["changes"]
    assert changes == {"added": 0, "replaced": 58, "unchanged": 0, "not_named": 0}
    closed = [row for row in rows(card) if row.valid_until is not None]
    assert {row.source for row in closed} == {"shipped"}
    assert {row.valid_until for row in closed} == {card.clock.now()}


def test_the_same_text_again_changes_nothing(card: Card) -> None:
    imported(card, notice_text())

    assert imported(card, notice_text())["changes"]["unchanged"] == 58
    assert len(rows(card)) == 116


def test_what_was_imported_survives_the_next_start(card: Card) -> None:
    imported(card, notice_text())
    with card.units() as uow:
        reference_data.load(uow)

    assert {row.source for row in rows(card) if row.valid_until is None} == {"imported"}


def test_a_broken_row_leaves_everything_as_it_was(card: Card) -> None:
    before = [(row.id, row.valid_until) for row in rows(card)]

    with pytest.raises(Invalid) as refusal:
        imported(card, notice_text().replace("\t13900000057", "\t139"))

    assert [error.field.startswith("text.line.") for error in refusal.value.errors] == [True]
    assert [(row.id, row.valid_until) for row in rows(card)] == before


def test_an_application_keeps_the_contact_it_went_to(card: Card) -> None:
    volunteer = card.volunteer()
    card.apply(volunteer)
    imported(card, notice_text())

    with card.units.factory(volunteer).reading() as uow:
        (application,) = reading.list_my_applications(commands.ListMyApplications(limit=20, cursor=None), uow)["items"]
    assert application["contact"] == {"name": "客服热线", "phone": "95566"}
    assert card.apply(card.volunteer())["contact"] == {"name": "甲乙", "phone": "13900000000"}


def test_csv_changes_only_the_branches_that_it_names(card: Card) -> None:
    imported(card, notice_text())

    answer = imported(
        card,
        "city,bank,card_type,branch,contact,phone\n深圳,boc,debit,中国银行深圳分行,庚辛,13911110000\n"
        "广州,boc,debit,中国银行广州分行,壬癸,13911110001\n",
        format="csv",
    )

    assert answer["changes"] == {"added": 1, "replaced": 1, "unchanged": 0, "not_named": 57}
    assert len([row for row in rows(card) if row.valid_until is None]) == 59
    assert card.apply(card.volunteer(), region="440305")["city_name"] == "深圳"


def test_only_platform_administrators_import_and_list(card: Card) -> None:
    stranger = Caller(kind="administrator", account_id=new_id())

    with pytest.raises(Forbidden):
        imported(card, notice_text(), caller=stranger)
    query = commands.ListBranchContacts(region=None, bank=None, limit=100, cursor=None)
    with card.units.factory(stranger).reading() as uow, pytest.raises(Forbidden):
        branch_contacts.list_branch_contacts(query, uow)
    with card.units.factory(PLATFORM).reading() as uow:
        assert len(branch_contacts.list_branch_contacts(query, uow)["items"]) == 58


def test_no_name_and_no_number_gets_into_the_audit_log(card: Card) -> None:
    imported(card, notice_text())

    with card.units() as uow:
        (entry,) = uow.session.execute(sa.select(AUDIT_LOG).where(AUDIT_LOG.c.action == "branch_contacts.imported"))
    assert entry.details["contacts"] == 58
    assert "甲乙" not in str(entry)
    assert "1390" not in str(entry.details)


def test_everybody_sees_the_products_and_only_who_is_signed_in_the_contact(card: Card) -> None:
    imported(card, notice_text())

    for product in products(card, region="440106")["items"]:
        assert (product["city_name"], product["contact"]) == ("广州", None)
    seen = products(card, card.volunteer(), region="440106")["items"]
    assert [(product["bank"], product["card_type"]) for product in seen] == [
        ("boc", "credit"),
        ("boc", "debit"),
        ("ceb", "credit"),
        ("ceb", "debit"),
    ]
    assert all(product["contact"]["phone"].startswith("139") for product in seen)


def test_a_city_without_a_branch_says_where_to_go(card: Card) -> None:
    answer = products(card, region="440300")

    assert answer["items"] == []
    assert len(answer["possible"]) == 20
    assert answer["hotlines"] == {"boc": "95566", "ceb": "95595"}
    assert [consent.recipient for consent in answer["consents"]] == ["boc", "ceb"]


def test_another_province_has_nothing_and_the_whole_province_has_everything(card: Card) -> None:
    assert products(card, region="110105")["items"] == []
    assert len(products(card, region="440000")["items"]) == len(products(card)["items"]) == 58
