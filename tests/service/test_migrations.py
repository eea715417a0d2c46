"""The tables that the migrations make are those that the models speak of; and no first revision can be taken back."""

from __future__ import annotations

import importlib
from collections.abc import Callable

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from deploy.local.processes import SERVICES
from services.chassis.database import driver_url
from services.chassis.migrations import alembic_config


@pytest.mark.filterwarnings("ignore:Did not recognize type 'ltree'")
@pytest.mark.parametrize("service", SERVICES)
def test_models_and_migrations_agree(service: str, scratch_database: Callable[[str], str]) -> None:
    metadata = importlib.import_module(f"services.{service}.models").Base.metadata
    engine = sa.create_engine(driver_url(scratch_database(service), "psycopg2"))
    with engine.connect() as connection:
        differences = compare_metadata(MigrationContext.configure(connection), metadata)
    engine.dispose()
    assert differences == []


@pytest.mark.parametrize("service", SERVICES)
def test_a_first_revision_throws_nothing_away(service: str, scratch_database: Callable[[str], str]) -> None:
    with pytest.raises(RuntimeError):
        command.downgrade(alembic_config(service, scratch_database(service)), "base")
