"""psycopg2 in a process of green threads: who waits for the database lets the others run, but for a moment that counts.

Why this module exists: a busy process looks at a green thread again only after all others had their turn. Whoever holds
a lock that every transaction needs must not be kept waiting like that: the lock would be held twenty milliseconds for
one millisecond of work, by each in turn. :func:`without_yielding` keeps the processor for so short a wait.
"""

from __future__ import annotations

import select
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa

PATIENCE_MS = 20
"""A wait that is longer than this is no moment any more: the others run on."""

_in_a_hurry: set[int] = set()  # file numbers of connections


@contextmanager
def without_yielding(connection: sa.Connection) -> Iterator[None]:
    """Statements of ``connection`` in this block let no other green thread run, unless one takes long."""
    number = int(connection.connection.fileno())
    _in_a_hurry.add(number)
    try:
        yield
    finally:
        _in_a_hurry.discard(number)


def make_green() -> None:
    """From now on psycopg2 waits cooperatively; for a process that eventlet has made so."""
    import eventlet.hubs
    from eventlet.patcher import original
    from psycopg2 import extensions  # type: ignore[import-untyped]

    poll = original("select").poll

    def wait(connection: Any, timeout: float = -1) -> None:
        number = connection.fileno()
        while (state := connection.poll()) != extensions.POLL_OK:
            reads = state == extensions.POLL_READ
            if number in _in_a_hurry and _ready(poll(), number, select.POLLIN if reads else select.POLLOUT):
                continue
            eventlet.hubs.trampoline(number, read=reads, write=not reads)

    extensions.set_wait_callback(wait)


def _ready(poll: Any, number: int, event: int) -> bool:
    poll.register(number, event)
    return bool(poll.poll(PATIENCE_MS))
