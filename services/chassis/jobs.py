"""What the jobs beside a service (republish, reference data) share: a unit of work without Nameko or eventlet.

Why this module exists: a job is a process of its own that uses the service's code and database, then ends.
"""

from __future__ import annotations

import importlib
from typing import Any

from services.chassis.context import Caller
from services.chassis.runtime import Runtime
from services.chassis.unit_of_work import UnitOfWorkFactory


def runtime_of(service: str) -> Runtime:
    """What a process of ``service`` is made of; settings come from the environment."""
    settings_class = importlib.import_module(f"services.{service}.settings").SETTINGS
    return Runtime.build(service, settings_class.from_environment())


def units_of(service: str) -> UnitOfWorkFactory[Any]:
    """Units of work of ``service`` in the service's own name; settings come from the environment."""
    unit_of_work_class = importlib.import_module(f"services.{service}.repository").UNIT_OF_WORK
    return runtime_of(service).units(unit_of_work_class, Caller(kind="service", account_id=service))


def use_case_module(service: str, topic: str) -> Any | None:
    """``services.<service>.use_cases.<topic>``, or None where the service has none."""
    name = f"services.{service}.use_cases.{topic}"
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError as error:
        if error.name != name:
            raise
        return None
