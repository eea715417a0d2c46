"""Databases made ready: migrated and filled, by the same functions as the two jobs of production.

Why this module exists: twelve jobs are twelve interpreters that import the same libraries. Here a few processes share
the six services, which is most of the time that a first start takes.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from concurrent.futures import ProcessPoolExecutor

from services.chassis import migrations, reference_data


class NotPrepared(Exception):
    """A migration or reference data failed; the message says whose, and why."""


def prepare_all(environments: Mapping[str, Mapping[str, str]]) -> None:
    """Migrate and fill the database of each service in ``environments`` (its jobs' environment, by its name)."""
    with ProcessPoolExecutor(os.cpu_count()) as pool:
        under_way = {name: pool.submit(_prepare, name, dict(values)) for name, values in environments.items()}
        for service, future in under_way.items():
            try:
                future.result()
            except Exception as error:
                raise NotPrepared(f"the database of {service}: {type(error).__name__}: {error}") from error


def _prepare(service: str, environment: dict[str, str]) -> None:
    for name in [name for name in os.environ if name.startswith("ZHIYUAN_")]:
        del os.environ[name]  # of the service before
    os.environ.update(environment)
    migrations.upgrade(service, environment["ZHIYUAN_DATABASE_URL"])
    reference_data.load(service)
