"""What the migrations make is what the models speak of, and no revision changes under a database that has run it."""

from __future__ import annotations

import ast
import importlib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from deploy.local.topology import SERVICES
from services.chassis.database import driver_url
from services.chassis.migrations import alembic_config

pytestmark = [
    pytest.mark.parametrize("service", SERVICES),
    pytest.mark.filterwarnings("ignore:Did not recognize type 'ltree'"),
]

# What a schema is made of, in PostgreSQL's own words; among it what Alembic does not compare: the conditions and
# operator classes of indexes, CHECK and EXCLUDE constraints, defaults, identity columns, sequences.
_WHAT_IS_THERE = """
SELECT 'column', format('%s.%s %s %s%s%s %s', c.relname, a.attname, format_type(a.atttypid, a.atttypmod),
                        a.attnotnull, a.attidentity, a.attgenerated, pg_get_expr(d.adbin, d.adrelid))
  FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
  LEFT JOIN pg_attrdef d ON (d.adrelid, d.adnum) = (c.oid, a.attnum)
 WHERE c.relnamespace = current_schema::regnamespace AND c.relkind = 'r' AND a.attnum > 0 AND NOT a.attisdropped
UNION ALL
SELECT 'index', replace(indexdef, format(' ON %I.', schemaname), ' ON ')
  FROM pg_indexes WHERE schemaname = current_schema
UNION ALL
SELECT 'constraint', format('%s %s %s', conrelid::regclass, conname, pg_get_constraintdef(oid))
  FROM pg_constraint WHERE connamespace = current_schema::regnamespace
UNION ALL
SELECT 'sequence', format('%s %s', sequencename, data_type) FROM pg_sequences WHERE schemaname = current_schema
"""


@pytest.fixture
def migrated(service: str, scratch_database: Callable[[str], str]) -> Iterator[sa.Connection]:
    """A connection to a database at head; nothing is committed."""
    engine = sa.create_engine(driver_url(scratch_database(service), "psycopg"), poolclass=sa.pool.NullPool)
    with engine.connect() as connection:
        yield connection


def _metadata(service: str) -> sa.MetaData:
    metadata: sa.MetaData = importlib.import_module(f"services.{service}.models").Base.metadata
    return metadata


def _what_is_there(connection: sa.Connection, schema: str) -> set[tuple[str, str]]:
    connection.exec_driver_sql(f"SET search_path = {schema}, public")
    rows = connection.execute(sa.text(_WHAT_IS_THERE))
    return {(kind, text) for kind, text in rows if "alembic_version" not in text}


def test_models_and_migrations_agree(service: str, migrated: sa.Connection) -> None:
    context = MigrationContext.configure(migrated, opts={"compare_server_default": True})
    assert compare_metadata(context, _metadata(service)) == []


def test_a_migrated_database_is_the_one_that_the_models_would_make(service: str, migrated: sa.Connection) -> None:
    migrated.exec_driver_sql("CREATE SCHEMA by_models")
    migrated.exec_driver_sql("SET search_path = by_models, public")
    _metadata(service).create_all(migrated, checkfirst=False)
    by_migrations, by_models = _what_is_there(migrated, "public"), _what_is_there(migrated, "by_models")
    assert by_models
    assert by_migrations - by_models == set()
    assert by_models - by_migrations == set()


def test_a_revision_imports_nothing_that_the_next_one_changes(service: str) -> None:
    for revision in _scripts(service).walk_revisions():
        tree = ast.parse(Path(revision.path).read_text())
        modules = {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
        modules |= {name.name for node in ast.walk(tree) if isinstance(node, ast.Import) for name in node.names}
        own = {module for module in modules if module and module.startswith(f"services.{service}")}
        assert own == set(), f"{revision.revision} would do something else once these have changed"


def test_there_is_one_head(service: str) -> None:
    assert len(_scripts(service).get_heads()) == 1


def test_a_first_revision_throws_nothing_away(service: str, scratch_database: Callable[[str], str]) -> None:
    with pytest.raises(RuntimeError):
        command.downgrade(alembic_config(service, scratch_database(service)), "base")


def _scripts(service: str) -> ScriptDirectory:
    return ScriptDirectory.from_config(alembic_config(service, "postgresql://"))
