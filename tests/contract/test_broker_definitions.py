"""The broker's definitions: the file says what the code says, and a bank reaches nothing but its own."""

from __future__ import annotations

import re
from typing import Any

import pytest

from deploy.local.layout import ROOT
from deploy.local.topology import (
    APPLICATIONS_EXCHANGE,
    BANKS,
    PARTNER_VHOST,
    SERVICES,
    SERVICES_VHOST,
    STATUSES_QUEUE,
    applications_queue,
    definitions,
    definitions_file,
    statuses_exchange,
)
from services.card import partner_exchange
from services.card.domain import Bank


@pytest.fixture(scope="module")
def quorum() -> dict[str, Any]:
    users = ("zhiyuan", "card-exchange", *(f"bank-{bank}" for bank in BANKS))
    return definitions(dict.fromkeys(users, "secret"), queue_type="quorum")


def test_the_file_says_what_the_code_says() -> None:
    """Make it anew: ``deploy.local.topology.definitions_file()``."""
    assert (ROOT / "deploy/rabbitmq/definitions.json").read_text() == definitions_file()


def test_no_password_is_in_the_file() -> None:
    assert set(re.findall(r'"password_hash": "([^"]*)"', definitions_file())) == {""}


@pytest.mark.parametrize("bank", BANKS)
def test_a_bank_reads_its_own_queue_writes_its_own_exchange_and_nothing_else(quorum: dict[str, Any], bank: str) -> None:
    (permission,) = (p for p in quorum["permissions"] if p["user"] == f"bank-{bank}")
    names = [q["name"] for q in quorum["queues"]] + [e["name"] for e in quorum["exchanges"]] + ["", "amq.default"]
    allowed = {right: [n for n in names if re.search(permission[right], n)] for right in ("configure", "write", "read")}
    assert permission["vhost"] == PARTNER_VHOST
    assert allowed["write"] == [statuses_exchange(bank)]
    assert allowed["read"] == [applications_queue(bank)]
    assert allowed["configure"] in ([], [""])  # the empty pattern means: none


@pytest.mark.parametrize("service", SERVICES)
def test_an_event_that_kills_its_consumer_again_and_again_is_parked_with_its_service(
    quorum: dict[str, Any], service: str
) -> None:
    assert policies_of(quorum, f"{service}.on_something") == [f"{service}-events"]
    assert policies_of(quorum, f"{service}.parked") == ["parking"]
    assert policies_of(quorum, f"rpc-{service}") == ["rpc"]


def test_the_delay_queues_are_left_as_the_chassis_declares_them(quorum: dict[str, Any]) -> None:
    assert policies_of(quorum, "zhiyuan.delay.30s") == []


@pytest.mark.parametrize("queue", [*(applications_queue(bank) for bank in BANKS), STATUSES_QUEUE])
def test_nothing_is_dropped_because_a_bank_was_given_it_often(quorum: dict[str, Any], queue: str) -> None:
    (policy,) = (p for p in quorum["policies"] if p["vhost"] == PARTNER_VHOST and re.search(p["pattern"], queue))
    assert policy["definition"] == {"delivery-limit": 1_000_000}


def test_card_calls_the_exchange_with_the_banks_as_the_broker_does() -> None:
    assert (partner_exchange.APPLICATIONS_EXCHANGE, partner_exchange.STATUSES_QUEUE) == (
        APPLICATIONS_EXCHANGE,
        STATUSES_QUEUE,
    )
    assert {bank: partner_exchange.statuses_exchange(bank) for bank in Bank} == {b: statuses_exchange(b) for b in BANKS}


def policies_of(document: dict[str, Any], queue: str) -> list[str]:
    mine = [policy for policy in document["policies"] if policy["vhost"] == SERVICES_VHOST]
    return [policy["name"] for policy in mine if re.search(policy["pattern"], queue)]
