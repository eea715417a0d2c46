"""Load what a service cannot work without: ``python -m services.chassis.reference_data card``.

Why this module exists: branches, templates and the first administrator are data, not migrations. A service that has
some keeps ``use_cases/reference_data.py`` with ``load(uow)``, which may run any number of times.
"""

from __future__ import annotations

import sys

from services.chassis.jobs import units_of, use_case_module


def load(service: str) -> bool:
    """Load the reference data of ``service``; False if it has none."""
    module = use_case_module(service, "reference_data")
    if module is None:
        return False
    with units_of(service)() as uow:
        module.load(uow)
    return True


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    print(f"{sys.argv[1]}: {'loaded' if load(sys.argv[1]) else 'nothing to load'}")
