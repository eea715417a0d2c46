"""Who waits for the database lets the others run, unless it is a moment that counts and no more than a moment."""

from __future__ import annotations

import os
from typing import Any

import eventlet.hubs
import pytest
from psycopg2 import extensions

from services.chassis.green_postgres import make_green, without_yielding


class Connection:
    """The database answers through a pipe; SQLAlchemy's and psycopg's connection in one."""

    def __init__(self) -> None:
        self.reading, self.writing = os.pipe()
        self.connection = self

    def fileno(self) -> int:
        """As psycopg has it."""
        return self.reading

    def answer(self) -> None:
        """The answer is on its way."""
        os.write(self.writing, b"x")


@pytest.fixture
def yielded(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The file numbers for which a green thread has let the others run."""
    numbers: list[int] = []
    monkeypatch.setattr(eventlet.hubs, "trampoline", lambda number, **_: numbers.append(number))
    return numbers


@pytest.fixture
def waiting(yielded: list[int], monkeypatch: pytest.MonkeyPatch) -> Any:
    """Waits for a connection's answer, which has come when it looks the second time."""
    callbacks: list[Any] = []
    monkeypatch.setattr(extensions, "set_wait_callback", callbacks.append)
    make_green()

    def wait(connection: Any) -> None:
        looks = iter([extensions.POLL_READ, extensions.POLL_OK])
        connection.poll = lambda: next(looks)
        callbacks[0](connection)

    return wait


def test_whoever_waits_lets_the_others_run(waiting: Any, yielded: list[int]) -> None:
    connection = Connection()
    connection.answer()
    waiting(connection)
    assert yielded == [connection.reading]


def test_a_moment_that_counts_is_waited_out(waiting: Any, yielded: list[int]) -> None:
    connection: Any = Connection()
    connection.answer()
    with without_yielding(connection):
        waiting(connection)
    assert yielded == []
    waiting(connection)
    assert yielded == [connection.reading]


def test_what_takes_longer_than_a_moment_lets_the_others_run(waiting: Any, yielded: list[int]) -> None:
    connection: Any = Connection()
    with without_yielding(connection):
        waiting(connection)
    assert yielded == [connection.reading]
