"""What a bank reports over AMQP: its exchange says who it is, and what cannot be taken is listed, never lost."""

from __future__ import annotations

import json
from typing import Any

import pika
import pytest
import sqlalchemy as sa

from deploy.local.topology import statuses_exchange
from services.card import commands
from services.card.partner_exchange import STATUS_TYPE, STATUSES_QUEUE
from services.card.use_cases import amqp_reports, reading
from services.chassis.testing.processes import Process, eventually
from services.chassis.testing.units import ENVIRONMENT as COMMON
from tests.conftest import PartnerBroker
from tests.service.card.conftest import ENVIRONMENT, PLATFORM, Card, message


@pytest.fixture
def number(card: Card) -> str:
    """An application at the Bank of China."""
    return str(card.apply(card.volunteer())["application_no"])


def take(card: Card, given: commands.BankMessage) -> str:
    return card.take(given)


def unknown(card: Card) -> list[dict[str, Any]]:
    with card.units.factory(PLATFORM).reading() as uow:
        return list(reading.list_unknown_reports(commands.ListUnknownReports(limit=20, cursor=None), uow)["items"])


@pytest.mark.parametrize("status", ["contacted", "approved", "produced", "delivered", "activated", "rejected"])
def test_every_status_can_be_reported_over_amqp(card: Card, number: str, status: str) -> None:
    report = {"application_no": number, "status": status, "reason": "资料不符"}

    assert take(card, message("boc", "m1", report)) == "changed"
    assert card.refused() == []


def test_a_report_is_taken_once_whichever_way_it_comes_and_never_goes_backwards(card: Card, number: str) -> None:
    approved = {"application_no": number, "status": "approved"}

    assert take(card, message("boc", "m1", approved)) == "changed"
    assert take(card, message("boc", "m1", approved)) == "unchanged"
    assert card.report(card.signed("boc", number, approved, webhook_id="m1"))["changed"] is False
    assert take(card, message("boc", "m2", {"application_no": number, "status": "contacted"})) == "unchanged"
    assert card.report(card.signed("boc", number, {"status": "produced"}, webhook_id="m3"))["changed"] is True
    assert [event["data"]["status"] for event in card.units.published("card.status_changed")] == [
        "routed",
        "approved",
        "produced",
    ]


def test_a_number_of_the_other_bank_is_unknown_to_this_one(card: Card, number: str) -> None:
    given = message("ceb", "m1", {"application_no": number, "status": "activated"})

    assert [take(card, given), take(card, given)] == ["unknown", "unknown"]
    assert [(row["bank"], row["why"]) for row in unknown(card)] == [("ceb", "other_bank")]


def test_what_cannot_be_taken_is_listed_once_with_what_it_said(card: Card, number: str) -> None:
    good = {"application_no": number, "status": "contacted"}
    bad = {
        "no json": message("boc", "b1", "状态".encode("gbk")),
        "no such status": message("boc", "b2", {**good, "status": "lost"}),
        "no number": message("boc", "b3", {"status": "contacted"}),
        "no reason": message("boc", "b4", {**good, "status": "rejected"}),
        "a field that is not known": message("boc", "b5", {**good, "no\x00te": "x"}),
        "no id": message("boc", "", good),
        "an id that no table takes": message("boc", "b\x00", good),
        "no type": message("boc", "b6", good, type=""),
        "too long": message("boc", "b7", b"x" * 20_000),
        "no bank's exchange": commands.BankMessage(exchange="", message_id="b8", type=STATUS_TYPE, body=b"{}"),
    }
    for _ in range(2):  # as after a crash between commit and acknowledgement
        assert {what: take(card, given) for what, given in bad.items()} == dict.fromkeys(bad, "refused")

    listed = card.refused()
    assert len(listed) == len(bad)
    assert {row["code"] for row in listed} == {"malformed_request", "invalid_fields"}
    assert any("status: not_a_choice" in row["why"] and '"lost"' in row["body"] for row in listed)
    assert max(len(row["body"]) for row in listed) == amqp_reports.MAX_BODY
    assert take(card, message("boc", "b2", good)) == "changed"


def test_an_id_that_comes_again_with_other_content_is_listed_and_changes_nothing(card: Card, number: str) -> None:
    take(card, message("boc", "m1", {"application_no": number, "status": "contacted"}))

    assert take(card, message("boc", "m1", {"application_no": number, "status": "approved"})) == "refused"
    assert [row["code"] for row in card.refused()] == ["webhook_id_reused"]


def test_a_fault_of_ours_parks_the_message_in_the_list_and_an_outage_keeps_it_waiting(
    card: Card, number: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = message("boc", "m1", {"application_no": number, "status": "contacted"})
    for fault, seen in ((ZeroDivisionError(), "failed"), (sa.exc.OperationalError("", {}, Exception()), "raised")):
        with monkeypatch.context() as broken:
            broken.setattr(amqp_reports, "take", lambda *_, fault=fault: (_ for _ in ()).throw(fault))
            try:
                assert take(card, given) == seen
            except sa.exc.OperationalError:
                assert seen == "raised"
    assert [row["code"] for row in card.refused()] == ["internal_error"]
    assert take(card, given) == "changed"


@pytest.mark.usefixtures("empty_bank_queues")
def test_the_intake_takes_a_banks_reports_from_the_broker_and_survives_what_makes_no_sense(
    card: Card, number: str, partner_broker: PartnerBroker
) -> None:
    environment = {name: value for name, value in {**COMMON, **ENVIRONMENT}.items() if name != "ZHIYUAN_AMQP_URL"} | {
        "ZHIYUAN_DATABASE_URL": str(card.units.runtime.settings.database_url.reveal()),
        "ZHIYUAN_PARTNER_AMQP_URL": partner_broker.admin_url,
        "ZHIYUAN_MAX_WORKERS": "2",
    }
    intake = Process("services.card.partner_intake", environment=environment)
    bank = pika.BlockingConnection(pika.URLParameters(partner_broker.bank_url("boc")))
    channel = bank.channel()
    channel.confirm_delivery()

    def report(message_id: str, body: bytes) -> None:
        properties = pika.BasicProperties(message_id=message_id, type=STATUS_TYPE, user_id="bank-boc", delivery_mode=2)
        channel.basic_publish(statuses_exchange("boc"), "", body, properties, mandatory=True)

    for message_id, body in (
        ("m1", {"application_no": number, "status": "contacted"}),
        ("m2", {"application_no": number, "status": "no such thing"}),
    ):
        report(message_id, json.dumps(body).encode())
    with intake.started():
        eventually(lambda: intake.metric("zhiyuan_card_amqp_reports_total", bank="boc") == 2)
        intake.kill()
    report("m1", json.dumps({"application_no": number, "status": "contacted"}).encode())
    report("m3", json.dumps({"application_no": number, "status": "approved"}).encode())
    intake = Process("services.card.partner_intake", environment=environment)
    with intake.started():
        eventually(lambda: intake.metric("zhiyuan_card_amqp_reports_total", bank="boc", outcome="changed") == 1)
        assert intake.metric("zhiyuan_card_amqp_reports_total", bank="boc", outcome="unchanged") == 1
        assert channel.connection.is_open
        bank.close()
    left = pika.BlockingConnection(pika.URLParameters(partner_broker.admin_url))
    assert left.channel().queue_declare(STATUSES_QUEUE, passive=True).method.message_count == 0
    left.close()
    assert [event["data"]["status"] for event in card.units.published("card.status_changed")][1:] == [
        "contacted",
        "approved",
    ]
    assert [row["message_id"] for row in card.refused()] == ["m2"]
