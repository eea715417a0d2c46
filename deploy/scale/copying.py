"""Rows by COPY, the quickest way into PostgreSQL that keeps every constraint and index."""

from __future__ import annotations

import io
import json
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from typing import Any

import psycopg2  # type: ignore[import-untyped]

Row = Mapping[str, Any]
_ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})


class Figures:
    """Rows and seconds, by table."""

    def __init__(self) -> None:
        self.rows: Counter[str] = Counter()
        self.seconds: Counter[str] = Counter()

    def add(self, table: str, rows: int, seconds: float) -> None:
        """Note what was copied."""
        self.rows[table] += rows
        self.seconds[table] += seconds  # type: ignore[assignment]

    def take(self, other: Figures) -> None:
        """Add another process's."""
        self.rows.update(other.rows)
        self.seconds.update(other.seconds)


def connect(url: str) -> Any:
    """A connection that does not wait for the disk at each commit; a load that is cut off is done anew anyway."""
    connection = psycopg2.connect(url, application_name="zhiyuan-load-scale")
    with connection, connection.cursor() as cursor:
        cursor.execute("SET synchronous_commit = off")
    return connection


def copy_rows(connection: Any, database: str, table: str, rows: Sequence[Row], figures: Figures) -> None:
    """All of ``rows`` (equal keys) into ``table``, in the connection's transaction."""
    if not rows:
        return
    columns = list(rows[0])
    text = io.StringIO("".join(_line(row[name] for name in columns) for row in rows))
    started = time.monotonic()
    with connection.cursor() as cursor:
        cursor.copy_expert(f"COPY {table} ({', '.join(columns)}) FROM STDIN", text)
    figures.add(f"{database}.{table}", len(rows), time.monotonic() - started)


@contextmanager
def without_slow_indexes(connection: Any, table: str, figures: Figures) -> Iterator[None]:
    """Drop the GIN and GiST indexes of ``table``, and build them anew at the end: far quicker than row by row."""
    with connection, connection.cursor() as cursor:
        cursor.execute(
            "SELECT i.indexname, i.indexdef FROM pg_indexes i WHERE i.schemaname = current_schema AND i.tablename = %s"
            " AND i.indexdef ~ ' USING (gin|gist) '",
            (table,),
        )
        indexes = dict(cursor.fetchall())
        for name in indexes:
            cursor.execute(f"DROP INDEX {name}")
    yield
    for name, definition in indexes.items():
        started = time.monotonic()
        with connection, connection.cursor() as cursor:
            cursor.execute("SET LOCAL maintenance_work_mem = '2GB'")
            cursor.execute("SET LOCAL statement_timeout = 0")
            cursor.execute(definition)
        figures.add(f"index {name}", 1, time.monotonic() - started)


def _line(values: Iterable[Any]) -> str:
    return "\t".join(map(_field, values)) + "\n"


def _field(value: Any) -> str:
    match value:
        case None:
            return "\\N"
        case bool():
            return "t" if value else "f"
        case bytes():
            return "\\\\x" + value.hex()
        case datetime() | date():
            return value.isoformat()
        case frozenset() | set() | tuple():
            return "{" + ",".join(map(str, value)) + "}"
        case dict() | list():
            return json.dumps(value, ensure_ascii=False).translate(_ESCAPES)
        case _:
            return str(value).translate(_ESCAPES)
