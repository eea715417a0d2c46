"""Where tests find a broker and a database: what ``./dev test`` has started, or servers started for this session."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from hypothesis import settings

from deploy.local.platform import Platform
from deploy.local.testing import AMQP_URL, BANK_AMQP_URLS, DATABASE_URL, scratch_platform, test_servers
from deploy.local.topology import PARTNER_VHOST, SERVICES_VHOST

# A test run shares its machine: a slow moment is no failure.
settings.register_profile("zhiyuan", deadline=None)
settings.load_profile("zhiyuan")


@pytest.fixture(scope="session")
def _servers() -> Iterator[dict[str, str]]:
    if AMQP_URL in os.environ and DATABASE_URL in os.environ:
        known = (AMQP_URL, DATABASE_URL, BANK_AMQP_URLS)
        yield {name: os.environ[name] for name in known if name in os.environ}
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


@dataclass(frozen=True)
class PartnerBroker:
    """The broker as its administrator and as each bank reaches it."""

    admin_url: str  # of the banks' vhost
    bank_urls: dict[str, str]

    def bank_url(self, bank: str, vhost: str = PARTNER_VHOST) -> str:
        """A bank's own credentials, for whichever vhost."""
        return self.bank_urls[bank].replace(f"/{PARTNER_VHOST}", f"/{vhost}")


@pytest.fixture(scope="session")
def partner_broker(_servers: dict[str, str]) -> Iterator[PartnerBroker]:
    """Real users with the permissions that banks have; a broker of its own where the running one keeps them secret."""
    if BANK_AMQP_URLS in _servers:
        yield _partner_broker(_servers)
    else:
        with test_servers() as variables:
            yield _partner_broker(variables)


def _partner_broker(variables: dict[str, str]) -> PartnerBroker:
    admin_url = variables[AMQP_URL].removesuffix(SERVICES_VHOST) + PARTNER_VHOST
    return PartnerBroker(admin_url, json.loads(variables[BANK_AMQP_URLS]))


@pytest.fixture(scope="session")
def platform() -> Iterator[Platform]:
    """The whole platform, running by itself; one for all e2e and fault tests of a session."""
    with scratch_platform() as scratch:
        scratch.up()
        yield scratch
