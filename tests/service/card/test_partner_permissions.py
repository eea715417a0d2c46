"""What a bank can reach with its real credentials: its own queue and its own exchange, and nothing else at all.

The attempts are those of the conformance check that banks run (``deploy/partner/conformance.py``).
"""

from __future__ import annotations

import pytest

from deploy.local.topology import BANKS
from deploy.partner import conformance
from services.card.partner_exchange import PROBE_TYPE
from tests.conftest import PartnerBroker


@pytest.mark.usefixtures("empty_bank_queues")
@pytest.mark.parametrize("bank", BANKS)
def test_a_bank_can_do_what_it_must_and_is_refused_everything_else(partner_broker: PartnerBroker, bank: str) -> None:
    rows = list(conformance.permissions(conformance.Target(bank, amqp_url=partner_broker.bank_url(bank))))

    assert [row for row in rows if not row.ok] == [], conformance.table(rows)
    assert {row.what for row in rows if row.must == "allowed"} == {
        "read its own queue",
        "publish to its own exchange",
        "publish under its own name",
    }
    assert len(rows) == 26


@pytest.mark.usefixtures("empty_bank_queues")
def test_the_check_finds_an_account_that_can_do_more(partner_broker: PartnerBroker) -> None:
    """With an administrator's credentials, which no bank gets. The attempts undo nothing, so only some are made."""
    looking = {"read the other bank's queue", "read what banks report", "publish applications"}
    attempts = [(what, must, attempt) for what, must, attempt in conformance.attempts("boc", "ceb") if what in looking]

    assert [conformance.tried(partner_broker.admin_url, attempt) for _, _, attempt in attempts] == ["allowed"] * 3
    assert {must for _, must, _ in attempts} == {"refused"}


def test_the_check_knows_the_banks_and_the_probe_as_the_platform_does() -> None:
    assert (conformance.BANKS, conformance.bank_reports.PROBE) == (BANKS, PROBE_TYPE)
