"""The migrations and the models say the same."""

from __future__ import annotations

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from services.identity.models import Base
from tests.service.identity.conftest import Identity


def test_a_migrated_database_is_what_the_models_say(identity: Identity) -> None:
    with identity.units.runtime.engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), Base.metadata) == []
