"""What a bank reports: believed by its signature only, taken once, never backwards."""

from __future__ import annotations

import base64
from dataclasses import replace
from typing import Any

import pytest

from services.card import commands
from services.card.errors import SignatureRefused, TimestampOutOfTolerance, WebhookIdReused
from services.card.use_cases import reading
from services.chassis.context import Caller
from services.chassis.errors import BadRequest, Forbidden, Invalid, NotFound
from services.chassis.ids import new_id
from tests.service.card.conftest import PLATFORM, Card

WAY = ["contacted", "approved", "produced", "delivered", "activated"]


@pytest.fixture
def routed(card: Card) -> tuple[Caller, str]:
    """(applicant, application number) of an application at the Bank of China."""
    applicant = card.volunteer()
    return applicant, card.apply(applicant)["application_no"]


def shown(card: Card, applicant: Caller) -> dict[str, Any]:
    with card.units.factory(applicant).reading() as uow:
        items = reading.list_my_applications(commands.ListMyApplications(limit=20, cursor=None), uow)["items"]
    return dict(items[0])


def unknown(card: Card) -> list[dict[str, Any]]:
    with card.units.factory(PLATFORM).reading() as uow:
        return list(reading.list_unknown_reports(commands.ListUnknownReports(limit=20, cursor=None), uow)["items"])


def test_the_whole_way_is_reported_told_and_kept(card: Card, routed: tuple[Caller, str]) -> None:
    applicant, number = routed
    for status in WAY:
        answer = card.report(card.signed("boc", number, {"status": status, "application_no": number}))
        assert answer == {"application_no": number, "status": status, "changed": True}

    assert [step["status"] for step in shown(card, applicant)["history"]] == ["submitted", "routed", *WAY]
    told = card.units.published("card.status_changed")
    assert [event["data"]["status"] for event in told] == ["routed", *WAY]
    versions = [event["aggregateversion"] for event in told]
    assert versions == sorted(set(versions))


def test_a_step_happened_when_the_bank_says_and_never_in_the_future(card: Card, routed: tuple[Caller, str]) -> None:
    applicant, number = routed
    card.report(card.signed("boc", number, {"status": "contacted", "at": "2026-03-01T09:00:00+08:00"}))
    card.report(card.signed("boc", number, {"status": "approved", "at": "2027-01-01T00:00:00+08:00"}))

    contacted, approved = shown(card, applicant)["history"][-2:]
    assert contacted["at"].isoformat() == "2026-03-01T01:00:00+00:00"
    assert approved["at"] == card.clock.now()


@pytest.mark.parametrize("status", ["contacted", "produced"])
def test_a_backward_or_repeated_status_changes_nothing(card: Card, routed: tuple[Caller, str], status: str) -> None:
    applicant, number = routed
    card.report(card.signed("boc", number, {"status": "produced"}))

    answer = card.report(card.signed("boc", number, {"status": status}))

    assert answer == {"application_no": number, "status": "produced", "changed": False}
    assert [step["status"] for step in shown(card, applicant)["history"]] == ["submitted", "routed", "produced"]


def test_the_same_message_again_changes_nothing_even_when_the_status_has_moved_on(
    card: Card, routed: tuple[Caller, str]
) -> None:
    _, number = routed
    contacted = card.signed("boc", number, {"status": "contacted"})
    card.report(contacted)
    card.report(card.signed("boc", number, {"status": "approved"}))

    assert card.report(contacted) == {"application_no": number, "status": "approved", "changed": False}


def test_a_webhook_id_is_good_for_one_content(card: Card, routed: tuple[Caller, str]) -> None:
    _, number = routed
    card.report(card.signed("boc", number, {"status": "contacted"}, webhook_id="msg_1"))

    with pytest.raises(WebhookIdReused):
        card.report(card.signed("boc", number, {"status": "approved"}, webhook_id="msg_1"))


def test_a_captured_message_cannot_be_used_for_another_application(card: Card, routed: tuple[Caller, str]) -> None:
    _, number = routed
    other = card.apply(card.volunteer())["application_no"]
    captured = card.signed("boc", number, {"status": "contacted"})
    card.report(captured)

    with pytest.raises(WebhookIdReused):
        card.report(replace(captured, application_no=other))


def test_a_wrong_signature_changes_nothing(card: Card, routed: tuple[Caller, str]) -> None:
    applicant, number = routed
    good = card.signed("boc", number, {"status": "contacted"})
    other_body = base64.b64encode(b'{"status": "activated"}').decode()

    for forged in (
        replace(good, webhook_signature="v1," + base64.b64encode(b"x" * 32).decode()),
        replace(good, body_base64=other_body),
        replace(good, webhook_id="", webhook_signature=""),
    ):
        with pytest.raises(SignatureRefused):
            card.report(forged)
    assert shown(card, applicant)["status"] == "routed"
    assert card.report(good)["changed"] is True


def test_an_old_message_is_refused(card: Card, routed: tuple[Caller, str]) -> None:
    _, number = routed
    old = card.signed("boc", number, {"status": "contacted"})
    card.clock.advance(seconds=301)

    with pytest.raises(TimestampOutOfTolerance):
        card.report(old)
    assert card.report(card.signed("boc", number, {"status": "contacted"}))["changed"] is True


def test_a_rejection_states_its_reason_and_the_applicant_reads_it(card: Card, routed: tuple[Caller, str]) -> None:
    applicant, number = routed
    with pytest.raises(Invalid, match="reason: required"):
        card.report(card.signed("boc", number, {"status": "rejected"}))

    card.report(card.signed("boc", number, {"status": "rejected", "reason": "证件已过期"}))

    assert (shown(card, applicant)["status"], shown(card, applicant)["reason"]) == ("rejected", "证件已过期")
    (told,) = card.units.published("card.status_changed")[-1:]
    assert told["data"]["reason"] == "证件已过期"


@pytest.mark.parametrize(
    ("body", "refusal"),
    [
        ({"status": "cancelled"}, Invalid),
        ({"status": "contacted", "note": "x"}, Invalid),
        ({"status": "contacted", "application_no": "ZY1"}, Invalid),
        ([], Invalid),
    ],
)
def test_a_signed_body_that_makes_no_sense_is_refused(
    card: Card, routed: tuple[Caller, str], body: Any, refusal: type[Exception]
) -> None:
    with pytest.raises(refusal):
        card.report(card.signed("boc", routed[1], body))


def test_bytes_that_are_no_json_are_refused(card: Card, routed: tuple[Caller, str]) -> None:
    report = card.signed_bytes("boc", routed[1], b"status=contacted")
    with pytest.raises(BadRequest):
        card.report(report)


def test_a_number_that_the_bank_was_never_given_is_listed_once_and_the_bank_is_told(
    card: Card, routed: tuple[Caller, str]
) -> None:
    _, number = routed
    mistyped = number[:-1] + str((int(number[-1]) + 1) % 10)
    for bank, reported in (("boc", mistyped), ("ceb", number), ("boc", "ZY20260000999931")):
        report = card.signed(bank, reported, {"status": "contacted"})
        for _ in range(2):
            with pytest.raises(NotFound):
                card.report(report)

    assert {(row["bank"], row["application_no"], row["why"]) for row in unknown(card)} == {
        ("boc", mistyped, "bad_check_digits"),
        ("ceb", number, "other_bank"),
        ("boc", "ZY20260000999931", "unknown"),
    }
    assert len(unknown(card)) == 3


def test_the_list_of_unknown_numbers_is_for_platform_administrators(card: Card) -> None:
    stranger = Caller(kind="administrator", account_id=new_id())
    with card.units.factory(stranger).reading() as uow, pytest.raises(Forbidden):
        reading.list_unknown_reports(commands.ListUnknownReports(limit=20, cursor=None), uow)
