"""What a bank keeps, in SQLite: what it was given, each once, and what it has yet to report.

A bank has a database of its own and copies the two ideas: the number under a unique key, in the transaction that stores
the application, before the message is acknowledged; and a report written down with the step that it tells of, and sent
afterwards for as long as it takes (an outbox). A crash at any moment then loses nothing and doubles nothing.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from .bank_consumer import APPLICATION, CANCELLATION, Message
from .bank_reports import new_id, report_body

_TABLES = """
CREATE TABLE IF NOT EXISTS message (id TEXT PRIMARY KEY, type TEXT NOT NULL, deliveries INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS application (
    application_no TEXT PRIMARY KEY, handed_at TEXT NOT NULL, status TEXT NOT NULL, document TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS application_status ON application (status, handed_at, application_no);
CREATE TABLE IF NOT EXISTS report (id TEXT PRIMARY KEY, body BLOB NOT NULL, sent INTEGER NOT NULL DEFAULT 0);
"""
_ENDED = ("activated", "rejected", "cancelled")


@dataclass(frozen=True)
class Report:
    """One that is to be sent, under this id and with these very bytes."""

    id: str
    body: bytes


class Store:
    """One file; used by one thread at a time, by as many processes as there are."""

    def __init__(self, path: str | Path) -> None:
        self._db = sqlite3.connect(path, isolation_level=None, timeout=30)
        self._db.execute("PRAGMA journal_mode = WAL")
        self._db.execute("PRAGMA synchronous = FULL")  # what is acknowledged must have reached the disk
        self._db.executescript(_TABLES)

    def keep(self, message: Message) -> bool:
        """Write a message down; False if it had come before. An application counts by its number, whatever the
        message's id; of other types, known or not, the id is kept."""
        with self._db:
            self._db.execute("BEGIN IMMEDIATE")
            self._db.execute(
                "INSERT INTO message VALUES (?, ?, 1) ON CONFLICT (id) DO UPDATE SET deliveries = deliveries + 1",
                (message.id, message.type),
            )
            (deliveries,) = self._db.execute("SELECT deliveries FROM message WHERE id = ?", (message.id,)).fetchone()
            if message.type == CANCELLATION:
                self._db.execute(
                    "UPDATE application SET status = 'cancelled', document = '{}' WHERE application_no = ?",
                    (message.application_no,),
                )
            if message.type != APPLICATION:
                return bool(deliveries == 1)
            stored = self._db.execute(
                "INSERT INTO application VALUES (?, ?, 'routed', ?) ON CONFLICT DO NOTHING",
                (message.application_no, message.time, json.dumps(message.document, ensure_ascii=False)),
            )
            return stored.rowcount == 1

    def step(self, application_no: str, status: str, *, reason: str | None = None, at: str | None = None) -> bool:
        """An application has moved on: the step and its report, together. False for one that has ended or is there."""
        with self._db:
            self._db.execute("BEGIN IMMEDIATE")
            moved = self._db.execute(
                "UPDATE application SET status = ? WHERE application_no = ? AND status <> ?"
                f" AND status NOT IN {_ENDED}",
                (status, application_no, status),
            )
            if moved.rowcount == 1:
                body = report_body(application_no, status, reason, at)
                self._db.execute("INSERT INTO report (id, body) VALUES (?, ?)", (new_id(), body))
            return moved.rowcount == 1

    def unsent(self) -> list[Report]:
        """What is to be reported, in the order in which it happened."""
        return [Report(*row) for row in self._db.execute("SELECT id, body FROM report WHERE sent = 0 ORDER BY rowid")]

    def sent(self, report: Report) -> None:
        """The platform (or the broker, with its confirm) has it."""
        self._db.execute("UPDATE report SET sent = 1 WHERE id = ?", (report.id,))

    def untouched(self) -> list[str]:
        """Numbers that nobody has worked on. Work goes by what is stored, never by what was just delivered: a crash
        between the two would leave an application lying."""
        statement = "SELECT application_no FROM application WHERE status = 'routed' ORDER BY handed_at, application_no"
        return [number for (number,) in self._db.execute(statement)]

    def applications(self) -> Iterator[tuple[str, str, str]]:
        """(number, when the platform handed it over, status) of each."""
        yield from self._db.execute("SELECT application_no, handed_at, status FROM application ORDER BY application_no")

    def redeliveries(self) -> int:
        """How many messages came more often than once, counted each time."""
        return int(self._db.execute("SELECT coalesce(sum(deliveries - 1), 0) FROM message").fetchone()[0])

    def close(self) -> None:
        """Close the file."""
        self._db.close()
