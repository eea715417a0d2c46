"""Events that still need an old key: ``python -m services.chassis.sealed_events SERVICE KID...``; 1 if there are any.

Why this module exists: some events carry sealed fields, and whoever gets one opens it with the key that sealed it. What
was sent lately may still wait in a queue, or be sent again; so a key goes only after the outbox has forgotten the last
event that was sealed with it (docs/runbooks/keys.md). Rows of tables are rotation's part.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from services.chassis.clock import SHANGHAI
from services.chassis.jobs import units_of
from services.chassis.relay import KEEP_SENT_HOURS
from services.chassis.tables import OUTBOX


@dataclass(frozen=True)
class StillNeeded:
    """How many events of a service a key sealed: those not sent yet, and those sent lately."""

    unsent: int
    sent: int
    until: datetime | None  # when the last of those sent is old enough


def events_under(units: Any, kid: str) -> StillNeeded:
    """The events in the outbox, sent no longer than ``KEEP_SENT_HOURS`` ago, in which a token names the key."""
    keeps = sa.func.make_interval(0, 0, 0, 0, KEEP_SENT_HOURS)
    statement = sa.select(
        sa.func.count().filter(OUTBOX.c.sent_at.is_(None)),
        sa.func.count(OUTBOX.c.sent_at),
        sa.func.max(OUTBOX.c.sent_at) + keeps,
    ).where(
        sa.func.strpos(sa.cast(OUTBOX.c.body, sa.Text), f'"v1.{kid}.') > 0,
        sa.or_(OUTBOX.c.sent_at.is_(None), OUTBOX.c.sent_at > sa.func.now() - keeps),
    )
    with units.reading() as uow:
        return StillNeeded(*uow.session.execute(statement).one())


def main(service: str, kids: Sequence[str]) -> int:
    """Say what still needs each key; 1 if anything does."""
    units, needed = units_of(service), False
    for kid in kids:
        found = events_under(units, kid)
        if found.unsent:
            print(f"{service}: {found.unsent} events that were not sent yet are sealed under {kid}")
        if found.until is not None:
            until = found.until.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M")
            print(f"{service}: {found.sent} events sent in the last {KEEP_SENT_HOURS} h are sealed under {kid},"
                  f" the last of them until {until}")  # fmt: skip
        needed |= bool(found.unsent or found.sent)
    return int(needed)


if __name__ == "__main__":
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    sys.exit(main(sys.argv[1], sys.argv[2:]))
