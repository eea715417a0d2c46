"""A bank's programs on the command line: ``python -m partner …``, from the folder above this one.

export BANK=boc  BANK_AMQP_URL=amqps://bank-boc:…@host/zhiyuan-partner  BANK_KEY_FILE=boc.jwk
export BANK_BASE_URL=https://…  BANK_WEBHOOK_SECRET=whsec_…  BANK_STORE=bank.db

python -m partner receive                              take messages into the store, until interrupted
python -m partner report ZY20260000000152 contacted    write a step down, and report it (--over amqp|http)
python -m partner reconcile 2026-03-02                 hand in the statement of a day; what differs
python -m partner replay 2026-03-02                    ask for everything of a day again
python -m partner conformance                          is everything as it must be
"""

from __future__ import annotations

import argparse
import json
import logging
import os
import sys

from . import bank_reconciliation, bank_reports, conformance
from .bank_consumer import load_keys, receive
from .bank_store import Store


def main(arguments: list[str] | None = None) -> int:
    """Run one command; prints numbers, never persons."""
    given = _parser().parse_args(arguments)
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    commands = {
        "receive": _receive,
        "report": _report,
        "reconcile": _reconcile,
        "replay": _replay,
        "conformance": _conformance,
    }
    return commands[given.command](given)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m partner")
    commands = parser.add_subparsers(dest="command", required=True)
    taking = commands.add_parser("receive", help="take messages from the queue until interrupted")
    taking.add_argument("--idle-seconds", type=float, help="end when nothing came for so long")
    tell = commands.add_parser("report", help="report a status")
    tell.add_argument("application_no")
    tell.add_argument("status")
    tell.add_argument("--reason")
    tell.add_argument("--over", choices=("http", "amqp"), default="http")
    for name, what in (("reconcile", "hand in the statement of a day"), ("replay", "ask for a day again")):
        commands.add_parser(name, help=what).add_argument("day")
    commands.add_parser("conformance", help="check the connection")
    return parser


def _receive(given: argparse.Namespace) -> int:
    store, key = _store(), load_keys(os.environ["BANK_KEY_FILE"])
    queue = f"partner.{os.environ['BANK']}.applications"
    for message, new in receive(os.environ["BANK_AMQP_URL"], queue, key, store, idle_seconds=given.idle_seconds):
        print(message.type, message.application_no or message.id, "" if new else "(again)", flush=True)
    return 0


def _report(given: argparse.Namespace) -> int:
    store = _store()
    store.step(given.application_no, given.status, reason=given.reason)
    for waiting in store.unsent():
        if given.over == "http":
            said = json.loads(waiting.body)
            path = f"/partner/card/applications/{said['application_no']}/status"
            url = bank_reports.address(os.environ["BANK_BASE_URL"], path)
            print(
                bank_reports.call("POST", url, os.environ["BANK_WEBHOOK_SECRET"], waiting.body, webhook_id=waiting.id)
            )
        else:
            reporter = bank_reports.AmqpReporter(os.environ["BANK_AMQP_URL"], os.environ["BANK"])
            reporter.send(waiting.id, waiting.body)
            reporter.close()
        store.sent(waiting)
    return 0


def _reconcile(given: argparse.Namespace) -> int:
    ours = bank_reconciliation.statement(os.environ["BANK"], given.day, _store())
    answer = bank_reconciliation.hand_in(os.environ["BANK_BASE_URL"], os.environ["BANK_WEBHOOK_SECRET"], ours)
    print(json.dumps(answer, ensure_ascii=False, indent=1))
    return 1 if answer["differences"] else 0


def _replay(given: argparse.Namespace) -> int:
    url = bank_reports.address(os.environ["BANK_BASE_URL"], "/partner/card/replays")
    body = json.dumps({"day": given.day}).encode()
    print(json.dumps(bank_reports.call("POST", url, os.environ["BANK_WEBHOOK_SECRET"], body)))
    return 0


def _conformance(_given: argparse.Namespace) -> int:
    key_file = os.environ.get("BANK_KEY_FILE")
    target = conformance.Target(
        bank=os.environ["BANK"],
        amqp_url=os.environ.get("BANK_AMQP_URL"),
        key=load_keys(key_file) if key_file else None,
        base_url=os.environ.get("BANK_BASE_URL"),
        webhook_secret=os.environ.get("BANK_WEBHOOK_SECRET"),
    )
    rows = list(conformance.check(target))
    print(conformance.table(rows))
    return 1 if any(row.ok is False for row in rows) else 0


def _store() -> Store:
    return Store(os.environ.get("BANK_STORE", "bank.db"))


if __name__ == "__main__":
    sys.exit(main())
