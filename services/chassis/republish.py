"""Re-emit a service's state as events: ``python -m services.chassis.republish organization [AGGREGATE]``.

Why this module exists: the local copies that other services keep can be lost or be new. The owner tells its state
again, through the outbox like any event; each event carries the aggregate's present version, so who has it already
ignores it.
"""

from __future__ import annotations

import sys
from itertools import islice

from services.chassis.jobs import units_of, use_case_module

BATCH = 500


def republish(service: str, aggregate: str | None = None) -> int:
    """Publish the present state of every ``aggregate`` (or of all kinds) of ``service``; answers how many."""
    module = use_case_module(service, "republishing")
    if module is None:
        raise SystemExit(f"{service} publishes no state that others copy")
    kinds = module.STATE_EVENTS
    if aggregate is not None and aggregate not in kinds:
        raise SystemExit(f"{service} has no {aggregate}; it has {', '.join(kinds)}")
    units = units_of(service)
    total = 0
    for kind in [aggregate] if aggregate else list(kinds):
        with units.reading() as reading:
            states = kinds[kind](reading)
            while batch := list(islice(states, BATCH)):
                with units() as writing:
                    for event, version in batch:
                        writing.restate(event, version=version)
                total += len(batch)
    return total


if __name__ == "__main__":
    if len(sys.argv) not in (2, 3):
        sys.exit(__doc__)
    print(f"{republish(*sys.argv[1:])} event(s) written to the outbox")
