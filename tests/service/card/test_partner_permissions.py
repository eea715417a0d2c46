"""What a bank can reach with its real credentials: its own queue and its own exchange, and nothing else at all."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pika
import pytest
from pika.exceptions import ChannelClosedByBroker, ConnectionClosedByBroker, ProbableAccessDeniedError

from deploy.local.topology import APPLICATIONS_EXCHANGE, BANKS, SERVICES_VHOST, applications_queue, statuses_exchange
from tests.conftest import PartnerBroker

Attempt = Callable[[Any], Any]


@contextmanager
def channel_at(url: str) -> Iterator[Any]:
    connection = pika.BlockingConnection(pika.URLParameters(url))
    try:
        yield connection.channel()
    finally:
        if connection.is_open:
            connection.close()


def refused(url: str, attempt: Attempt) -> bool:
    """Whether the broker answers ACCESS_REFUSED to what ``attempt`` does with a channel."""
    with channel_at(url) as channel:
        channel.confirm_delivery()
        try:
            attempt(channel)
        except ChannelClosedByBroker as closed:
            return int(closed.reply_code) == 403
    return False


def publish(exchange: str, routing_key: str) -> Attempt:
    return lambda channel: channel.basic_publish(exchange, routing_key, b"{}", mandatory=True)


@pytest.fixture(params=BANKS)
def bank(request: pytest.FixtureRequest) -> str:
    """Each bank in turn."""
    return str(request.param)


@pytest.fixture
def other(bank: str) -> str:
    """The other bank."""
    return next(one for one in BANKS if one != bank)


@pytest.mark.usefixtures("empty_bank_queues")
def test_a_bank_takes_from_its_own_queue_and_reports_to_its_own_exchange(
    partner_broker: PartnerBroker, bank: str
) -> None:
    with channel_at(partner_broker.admin_url) as channel:
        channel.basic_publish(APPLICATIONS_EXCHANGE, bank, b'{"for": "the bank"}')
    with channel_at(partner_broker.bank_url(bank)) as channel:
        method, _, body = next(channel.consume(applications_queue(bank), inactivity_timeout=10))
        channel.basic_ack(method.delivery_tag)
        assert body == b'{"for": "the bank"}'

    assert not refused(partner_broker.bank_url(bank), publish(statuses_exchange(bank), ""))


@pytest.mark.parametrize(
    "attempt",
    [
        lambda bank, other: lambda channel: channel.basic_get(applications_queue(other)),
        lambda bank, other: lambda channel: next(channel.consume(applications_queue(other), inactivity_timeout=1)),
        lambda bank, other: lambda channel: channel.queue_purge(applications_queue(other)),
        lambda bank, other: lambda channel: channel.basic_get("partner.statuses"),
    ],
    ids=["get", "consume", "purge", "read the statuses"],
)
def test_a_bank_reads_nothing_that_is_not_its_own(
    partner_broker: PartnerBroker, bank: str, other: str, attempt: Callable[[str, str], Attempt]
) -> None:
    assert refused(partner_broker.bank_url(bank), attempt(bank, other))


@pytest.mark.parametrize(
    "exchange",
    [APPLICATIONS_EXCHANGE, "other", "", "amq.topic"],
    ids=["the applications", "another bank's statuses", "the default exchange", "amq.topic"],
)
def test_a_bank_writes_nowhere_but_to_its_own_exchange(
    partner_broker: PartnerBroker, bank: str, other: str, exchange: str
) -> None:
    exchange = statuses_exchange(other) if exchange == "other" else exchange

    assert refused(partner_broker.bank_url(bank), publish(exchange, applications_queue(other)))


@pytest.mark.parametrize(
    "attempt",
    [
        lambda bank: lambda channel: channel.queue_declare("a-queue-of-mine"),
        lambda bank: lambda channel: channel.queue_declare("", exclusive=True),
        lambda bank: lambda channel: channel.exchange_declare("an-exchange-of-mine"),
        lambda bank: lambda channel: channel.queue_delete(applications_queue(bank)),
        lambda bank: lambda channel: channel.exchange_delete(statuses_exchange(bank)),
        lambda bank: lambda channel: channel.queue_bind(applications_queue(bank), APPLICATIONS_EXCHANGE, "x"),
        lambda bank: lambda channel: channel.queue_unbind(applications_queue(bank), APPLICATIONS_EXCHANGE, bank),
    ],
    ids=["queue", "unnamed queue", "exchange", "delete queue", "delete exchange", "bind", "unbind"],
)
def test_a_bank_declares_deletes_and_binds_nothing(
    partner_broker: PartnerBroker, bank: str, attempt: Callable[[str], Attempt]
) -> None:
    assert refused(partner_broker.bank_url(bank), attempt(bank))


def test_a_bank_does_not_get_into_the_services_vhost(partner_broker: PartnerBroker, bank: str) -> None:
    with (
        pytest.raises((ProbableAccessDeniedError, ConnectionClosedByBroker)),
        channel_at(partner_broker.bank_url(bank, SERVICES_VHOST)),
    ):
        pass


def test_there_is_no_rpc_exchange_where_a_bank_can_be(partner_broker: PartnerBroker, bank: str) -> None:
    ask_identity = publish("nameko-rpc", "identity.seal_for_partner")

    assert refused(partner_broker.bank_url(bank), ask_identity)
    with channel_at(partner_broker.admin_url) as channel, pytest.raises(ChannelClosedByBroker, match="404"):
        channel.exchange_declare("nameko-rpc", passive=True)
