"""Local copies of what other services own, kept by their events.

Why this module exists: a hot path reads one database. What it needs of others stands beside its own tables, and events
arrive late, twice, or in the wrong order; a copy takes only what is newer than what it has (DESIGN.md 2).
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session


def save_if_newer(session: Session, table: sa.Table | type[Any], values: dict[str, Any]) -> bool:
    """Insert or replace the row with ``values``' primary key; False if the row is as new already.

    ``values`` name every column of the copy that events feed, ``version`` (the aggregate's) among them.
    """
    target: sa.Table = table if isinstance(table, sa.Table) else sa.inspect(table).local_table
    keys = [column.name for column in target.primary_key]
    statement = insert(target).values(**values)
    statement = statement.on_conflict_do_update(
        index_elements=keys,
        set_={name: value for name, value in values.items() if name not in keys},
        where=target.c.version < values["version"],
    )
    return session.execute(statement.returning(*(target.c[key] for key in keys))).one_or_none() is not None
