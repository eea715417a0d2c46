"""A bank at work, for ``cards_bench``: ``python -m tests.load.bank BANK`` with the variables of ``deploy/partner``.

Made of what banks get: it stores what comes, takes two steps at once, and reports them over AMQP. It reports carelessly
on purpose: some reports go out twice, and some in the wrong order. It is killed at any moment, and started again.
"""

from __future__ import annotations

import os
import random
import sys

from deploy.partner.bank_consumer import load_keys, receive
from deploy.partner.bank_reports import AmqpReporter
from deploy.partner.bank_store import Report, Store

AT_ONCE = 25
CARELESS = 0.1  # of the reports


def main(bank: str) -> None:
    """Until killed."""
    url, store = os.environ["BANK_AMQP_URL"], Store(os.environ["BANK_STORE"])
    key, reporter = load_keys(os.environ["BANK_KEY_FILE"]), AmqpReporter(url, bank)
    for number, _, status in store.applications():  # a killed predecessor may have died between the two steps
        if status == "contacted":
            store.step(number, "activated")
    while True:
        work(store, reporter)  # on what a killed predecessor has left, too
        stored = receive(url, f"partner.{bank}.applications", key, store, idle_seconds=0.5)
        for number, _ in enumerate(stored, 1):
            if number % AT_ONCE == 0:
                work(store, reporter)


def work(store: Store, reporter: AmqpReporter) -> None:
    """Two steps of everything, and send what is to be sent, some of it twice and some of it late."""
    for number in store.untouched():
        store.step(number, "contacted")
        store.step(number, "activated")
    waiting = store.unsent()
    for sent in _carelessly(waiting):
        reporter.send(sent.id, sent.body)
    for done in waiting:
        store.sent(done)


def _carelessly(reports: list[Report]) -> list[Report]:
    line = list(reports)
    for careless in (report for report in reports if random.random() < CARELESS):
        line.insert(random.randrange(len(line) + 1), careless)
    for place in range(len(line) - 1):
        if random.random() < CARELESS:
            line[place], line[place + 1] = line[place + 1], line[place]
    return line


if __name__ == "__main__":
    main(sys.argv[1])
