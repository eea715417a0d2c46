"""What the exchange with the banks is made of on the broker, by name.

Why this module exists: a bank may declare nothing, so exchanges and queues are there before anything starts
(``deploy/local/topology.py``); the processes that use them must call them by the same names. Plain names: no I/O.
"""

from __future__ import annotations

from enum import StrEnum

from services.card.domain import Bank

APPLICATIONS_EXCHANGE = "partner.applications"
STATUSES_QUEUE = "partner.statuses"
STATUS_TYPE = "card.status.v1"
VISIT_TYPE = "card.group_visit_status.v1"
PROBE_TYPE = "card.probe.v1"
"""What a bank publishes to try its connection; it is taken, and does nothing."""


class Type(StrEnum):
    """What a bank is handed."""

    APPLICATION = "card.application.v1"
    CANCELLATION = "card.cancellation.v1"
    GROUP_VISIT = "card.group_visit.v1"


def statuses_exchange(bank: Bank) -> str:
    """The exchange that ``bank``, and no other bank, can write to."""
    return f"partner.{bank.value}.statuses"


def bank_behind(exchange: str) -> Bank | None:
    """Whose exchange this is; None for any other."""
    return next((bank for bank in Bank if statuses_exchange(bank) == exchange), None)
