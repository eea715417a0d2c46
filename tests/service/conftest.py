"""Service tests: a fresh database a test, cloned from a migrated template; one broker vhost for all."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa

from services.chassis.clock import FixedClock
from services.chassis.testing.databases import Templates


@pytest.fixture(scope="session")
def templates(database_admin_url: str) -> Templates:
    """Migrated databases to clone."""
    return Templates(database_admin_url)


@pytest.fixture
def scratch_database(templates: Templates) -> Iterator[Callable[[str], str]]:
    """``scratch_database("identity")``: the URL of a fresh database with that service's schema."""
    with ExitStack() as stack:
        yield lambda service: stack.enter_context(templates.clone(templates.of_service(service)))


@pytest.fixture
def scratch_metadata(templates: Templates) -> Iterator[Callable[[str, sa.MetaData], str]]:
    """``scratch_metadata(name, metadata)``: the URL of a fresh database made from bare metadata."""
    with ExitStack() as stack:
        yield lambda name, metadata: stack.enter_context(templates.clone(templates.of_metadata(name, metadata)))


@pytest.fixture
def clock() -> FixedClock:
    """Monday, 2 March 2026, 10:00 in Guangzhou."""
    return FixedClock(datetime(2026, 3, 2, 2, 0, tzinfo=UTC))
