"""Where tests find a broker and a database: what ``./dev test`` has started, or servers started for this session."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from deploy.local.testing import AMQP_URL, DATABASE_URL, test_servers


@pytest.fixture(scope="session")
def _servers() -> Iterator[dict[str, str]]:
    if AMQP_URL in os.environ and DATABASE_URL in os.environ:
        yield {name: os.environ[name] for name in (AMQP_URL, DATABASE_URL)}
    else:
        with test_servers() as variables:
            yield variables


@pytest.fixture(scope="session")
def broker_url(_servers: dict[str, str]) -> str:
    """An AMQP URL with every right in its vhost."""
    return _servers[AMQP_URL]


@pytest.fixture(scope="session")
def database_admin_url(_servers: dict[str, str]) -> str:
    """A PostgreSQL URL that may create databases."""
    return _servers[DATABASE_URL]
