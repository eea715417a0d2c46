"""The tables that the migrations make are those that the models speak of."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from services.chassis.database import driver_url
from services.organization.models import Base


@pytest.mark.filterwarnings("ignore:Did not recognize type 'ltree'")
def test_models_and_migrations_agree(scratch_database: Callable[[str], str]) -> None:
    engine = sa.create_engine(driver_url(scratch_database("organization"), "psycopg2"))
    with engine.connect() as connection:
        differences = compare_metadata(MigrationContext.configure(connection), Base.metadata)
    engine.dispose()
    assert differences == []
