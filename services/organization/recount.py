"""Count what supervision counts from scratch: ``python -m services.organization.recount [--repair]``.

Prints each organization whose kept counters differ from a count of memberships, copies and receipts; ``--repair`` puts
the count in place. For when rows were written past the use cases (a load, a restored backup). Exit code 1: they differ.
"""

from __future__ import annotations

import sys
from typing import Any

from services.chassis.jobs import units_of


def recount(units: Any, *, repair: bool = False) -> list[dict[str, Any]]:
    """The differences that were found: organization_id (None: the sums of all), kept, counted."""
    with units() as uow:
        found: list[dict[str, Any]] = uow.counters.differences()
        if repair:
            uow.counters.repair()
            uow.audit("supervision.repair", "supervision:counters", organizations=len(found))
    return found


def _main(arguments: list[str]) -> int:
    if arguments not in ([], ["--repair"]):
        print(__doc__, file=sys.stderr)
        return 2
    repair = bool(arguments)
    found = recount(units_of("organization"), repair=repair)
    for difference in found:
        kept = difference["kept"] or {}
        wrong = {name: (kept.get(name), value) for name, value in difference["counted"].items()
                 if kept.get(name) != value}  # fmt: skip
        print(
            difference["organization_id"] or "the sums of all",
            ", ".join(f"{n}: {a} -> {b}" for n, (a, b) in wrong.items()),
        )
    print(f"{len(found)} count(s) differ{', and were put right' if repair and found else ''}")
    return 1 if found and not repair else 0


if __name__ == "__main__":
    sys.exit(_main(sys.argv[1:]))
