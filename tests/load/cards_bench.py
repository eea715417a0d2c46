"""``./dev bench cards [--applications N] [--clients N] [--json]``: a day of applications, and banks that are killed.

Volunteers apply over HTTP; card, its relay and its intake run as in life, identity is stood in for
(``servers/sealer.py``). Each bank (``bank.py``, made of what banks get) is killed with SIGKILL every few seconds. In
the end every application must be at its bank exactly once, every status here, none backwards, and the reconciliation
of the day empty; before, the conformance check of both banks must find nothing. 1 if a promise was broken.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pika
from joserfc.jwk import ECKey

from deploy.local.layout import ROOT
from deploy.local.testing import AMQP_URL, BANK_AMQP_URLS
from deploy.local.topology import BANKS, PARTNER_VHOST, SERVICES_VHOST, STATUSES_QUEUE, applications_queue
from deploy.partner import bank_reconciliation, conformance
from deploy.partner.bank_store import Store
from services.chassis.clock import SHANGHAI
from services.chassis.events import exchange_of
from services.chassis.ids import new_id
from services.chassis.testing.processes import Process
from services.chassis.testing.units import ENVIRONMENT, test_key
from tests.load.house import House, Timed, crowd, house

LIFE_SECONDS = (5.0, 30.0)
"""How long a bank lives between two kills, its start included, at least and at most."""
PATIENCE_SECONDS = 1800
CONSENT_VERSION = "2"

_BACKWARDS = """
WITH way AS (SELECT * FROM unnest(ARRAY['submitted', 'routed', 'contacted', 'approved', 'produced', 'delivered',
    'activated']) WITH ORDINALITY AS step (status, place)),
 walked AS (SELECT place, lag(place) OVER (PARTITION BY application_id ORDER BY id) AS before
    FROM status_entry JOIN way USING (status))
SELECT count(*) FROM walked WHERE place <= before
"""


@dataclass(frozen=True)
class Bank:
    """One bank: where its things are, and how it is started."""

    code: str
    folder: Path
    amqp_url: str
    key: ECKey
    secret: str

    @property
    def store(self) -> Path:
        """Its database."""
        return self.folder / f"{self.code}.db"

    def start(self) -> subprocess.Popen[bytes]:
        """Its program, running."""
        key_file = self.folder / f"{self.code}.jwk"
        key_file.write_text(json.dumps(self.key.as_dict(private=True)))
        variables = {
            "BANK_AMQP_URL": self.amqp_url,
            "BANK_STORE": str(self.store),
            "BANK_KEY_FILE": str(key_file),
        }
        with (self.folder / f"{self.code}.log").open("ab") as log:
            command = [sys.executable, "-m", "tests.load.bank", self.code]
            return subprocess.Popen(command, cwd=ROOT, env={**os.environ, **variables}, stdout=log, stderr=log)


def main(arguments: list[str]) -> int:
    """Run it."""
    parser = argparse.ArgumentParser(prog="dev bench cards")
    parser.add_argument("--applications", type=int, default=20_000)
    parser.add_argument("--clients", type=int, default=32)
    parser.add_argument("--json", action="store_true", help="one JSON object instead of the lines")
    options = parser.parse_args(arguments)
    figures = run(options.applications, options.clients)
    lines = (f"{name:26}{value}" for name, value in figures.items())
    print(json.dumps(figures, ensure_ascii=False) if options.json else "\n".join(lines))
    return 1 if figures["broken"] else 0


def run(applications: int, clients: int) -> dict[str, Any]:
    """The figures, with everything started for it and stopped afterwards."""
    keys = {bank: ECKey.generate_key("P-256", {"kid": f"{bank}-bench"}) for bank in BANKS}
    secrets = {bank: "whsec_" + test_key(bank[0]).partition(":")[2] for bank in BANKS}
    settings = {
        "ZHIYUAN_CARD_KEYS": test_key("a"),
        "ZHIYUAN_PARTNER_WEBHOOK_SECRETS": json.dumps(secrets),
        "ZHIYUAN_PARTNER_PUBLIC_KEYS": json.dumps({bank: key.as_dict(private=False) for bank, key in keys.items()}),
    }
    with ExitStack() as stack:
        card = stack.enter_context(house("card", settings))
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="zhiyuan-bench-")))
        urls = json.loads(card.servers[BANK_AMQP_URLS])
        banks = [Bank(code, folder, urls[code], keys[code], secrets[code]) for code in BANKS]
        stack.enter_context(_exchange(card, settings))
        broken = [f"{bank.code}: {row.what}: {row.seen}" for bank in banks for row in _conformance(card, bank)]
        people = [new_id() for _ in range(applications)]
        _prepare(card, people)
        killing = stack.enter_context(_killed_at_random(banks))
        began = time.monotonic()
        figures = _apply(card, people, clients)
        applied = time.monotonic() - began
        _until_done(card, applications)
        seconds = time.monotonic() - began
        killing.end()
        at_banks = {bank.code: Store(bank.store) for bank in banks}
        return {
            "applications": applications,
            **figures,
            "seconds_to_apply": round(applied, 1),
            "seconds_until_all_done": round(seconds, 1),
            "banks_killed": killing.kills,
            "delivered_again": sum(store.redeliveries() for store in at_banks.values()),
            "reports_taken": _count(card, "bank_report_receipt"),
            "reconciliation_differences": _reconcile(card, banks),
            "broken": [*broken, *_broken(card, applications, at_banks)],
        }


@contextmanager
def _exchange(card: House, settings: Mapping[str, str]) -> Iterator[None]:
    """Relay, intake and who seals, beside card and the gateway."""
    partner = card.servers[AMQP_URL].removesuffix(SERVICES_VHOST) + PARTNER_VHOST
    _empty_queues(partner)
    _hear_events(card.servers[AMQP_URL])
    common = {**ENVIRONMENT, **settings, "ZHIYUAN_DATABASE_URL": card.database, "ZHIYUAN_PARTNER_AMQP_URL": partner}
    common |= {"ZHIYUAN_AMQP_URL": card.servers[AMQP_URL], "ZHIYUAN_MAX_WORKERS": "2"}
    subprocess.run(
        [sys.executable, "-m", "services.chassis.reference_data", "card"],
        cwd=ROOT,
        env={**os.environ, **common},
        check=True,
        capture_output=True,
    )
    sealer = subprocess.Popen(
        [sys.executable, "-m", "tests.load.servers.sealer"], cwd=ROOT, env={**os.environ, **common}
    )
    try:
        with (
            Process("services.chassis.relay", "card", environment=common).started(),
            Process("services.card.partner_intake", environment=common).started(),
        ):
            yield
    finally:
        sealer.kill()
        sealer.wait()


def _hear_events(url: str) -> None:
    """A queue in the place of notify's and organization's: what nobody hears the relay would offer again and again."""
    connection = pika.BlockingConnection(pika.URLParameters(url))
    channel = connection.channel()
    channel.exchange_declare(exchange_of("card"), "topic", durable=True)
    channel.queue_declare("cards-bench", arguments={"x-max-length": 1000})
    channel.queue_bind("cards-bench", exchange_of("card"), "#")
    connection.close()


def _empty_queues(partner_url: str) -> None:
    """What an earlier run has left on a broker that was lent."""
    connection = pika.BlockingConnection(pika.URLParameters(partner_url))
    channel = connection.channel()
    for queue in (*(applications_queue(bank) for bank in BANKS), STATUSES_QUEUE):
        channel.queue_purge(queue)
    connection.close()


def _conformance(card: House, bank: Bank) -> list[conformance.Row]:
    """What a bank's own check finds wrong."""
    target = conformance.Target(
        bank=bank.code,
        amqp_url=bank.amqp_url,
        key=bank.key.as_dict(private=True),
        base_url=card.base_url,
        webhook_secret=bank.secret,
    )
    return [row for row in conformance.check(target) if row.ok is not True]


def _prepare(card: House, people: list[str]) -> None:
    """What card has heard of the volunteers."""
    card.fill(
        "volunteer_copy",
        ("id", "status", "birth_date", "clothing_size", "organization_id", "version"),
        ((one, "active", "1990-01-01", "L", new_id(), 1) for one in people),
    )


def _apply(card: House, people: list[str], clients: int) -> dict[str, Any]:
    """Everybody applies, at either bank; the same key again if there was no answer."""
    answers = Counter[int]()

    async def apply(http: Timed, person: tuple[int, str]) -> None:
        number, volunteer_id = person
        bank, token, key = BANKS[number % len(BANKS)], card.token(volunteer_id), new_id()
        form = {
            "bank": bank,
            "card_type": "debit",
            "region": "440106",
            "address": "天河区示例路1号",
            "consent": {"version": CONSENT_VERSION, "recipient": bank},
        }
        for _ in range(20):
            answer = await http.post("/card/applications", form, token, Idempotency_Key=key)
            if answer.status_code not in (409, 503, 504):
                break
        answers[answer.status_code] += 1

    figures = crowd(card.base_url, clients, list(enumerate(people)), apply)
    return {**figures, "answers": dict(answers)}


class Killing:
    """Both banks, each killed and started again at random, by a thread."""

    def __init__(self, banks: list[Bank]) -> None:
        self._stopping = threading.Event()
        self._banks = {bank.code: bank for bank in banks}
        self._random = random.Random(len(banks))
        self._running = {bank.code: bank.start() for bank in banks}
        self._next = {code: self._soon() for code in self._running}
        self.kills = 0
        self._thread = threading.Thread(target=self._go_on)
        self._thread.start()

    def end(self) -> None:
        """Stop both, which is no kill that counts."""
        self._stopping.set()
        self._thread.join()
        for code in self._running:
            self._kill(code)

    def _go_on(self) -> None:
        while not self._stopping.wait(0.1):
            self._turn()

    def _turn(self) -> None:
        for code, moment in self._next.items():
            if time.monotonic() >= moment:
                self._kill(code)
                self._running[code] = self._banks[code].start()
                self._next[code] = self._soon()
                self.kills += 1

    def _kill(self, code: str) -> None:
        self._running[code].kill()
        self._running[code].wait()

    def _soon(self) -> float:
        return time.monotonic() + self._random.uniform(*LIFE_SECONDS)


@contextmanager
def _killed_at_random(banks: list[Bank]) -> Iterator[Killing]:
    killing = Killing(banks)
    try:
        yield killing
    finally:
        killing.end()


def _until_done(card: House, applications: int) -> None:
    """Until every application is at its end here, or patience is."""
    until = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < until:
        if _count(card, "card_application", "status = 'activated'") == applications:
            return
        time.sleep(0.2)
    print("cards_bench: patience is at its end", file=sys.stderr)


def _reconcile(card: House, banks: list[Bank]) -> int:
    """Each bank hands in its statement of the day; how much differs, by the platform's own list."""
    day = datetime.now(SHANGHAI).date().isoformat()
    for bank in banks:
        store = Store(bank.store)
        ours = bank_reconciliation.statement(bank.code, day, store)
        bank_reconciliation.hand_in(card.base_url, bank.secret, ours)
        bank_reconciliation.fetch(card.base_url, bank.secret, day)
        store.close()
    return _count(card, "reconciliation_difference")


def _broken(card: House, applications: int, at_banks: Mapping[str, Store]) -> Iterator[str]:
    for code, store in at_banks.items():
        theirs = Counter(number for number, _, _ in store.applications())
        ours = Counter(row[0] for row in card.ask(f"SELECT application_no FROM card_application WHERE bank = '{code}'"))
        if theirs != ours:
            yield f"{code}: {len(ours - theirs)} applications are missing, {len(theirs - ours)} are too many"
    for expected, table, condition in (
        (applications, "card_application", "status = 'activated'"),
        (2, "reconciliation", f"rows >= {applications // 2} AND differences = 0"),
        (0, "reconciliation_difference", "true"),
        (0, "refused_message", "true"),
        (0, "unknown_report", "true"),
    ):
        found = _count(card, table, condition)
        if found != expected:
            yield f"{table} where {condition}: {found} instead of {expected}"
    ((backwards,),) = card.ask(_BACKWARDS)
    if backwards:
        yield f"{backwards} steps went backwards"


def _count(card: House, table: str, condition: str = "true") -> int:
    return int(card.ask(f"SELECT count(*) FROM {table} WHERE {condition}")[0][0])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
