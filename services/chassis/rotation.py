"""Re-encrypts sealed columns under the newest keys: ``python -m services.chassis.rotation SERVICE [status]``.

Why this module exists: a key that has leaked, or is old, must go without a moment's stop (docs/runbooks/keys.md). The
job walks each column by primary key, in small transactions. It locks what it rewrites and passes over rows that
somebody else holds, which it comes back to; so it waits for nobody, and nobody's change is lost. It remembers nothing:
what is left to do is what still stands under another key, so it can be stopped and started at will. A row's
``version`` does not grow, because what it says has not changed.
"""

from __future__ import annotations

import importlib
import sys
import time
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from services.chassis.crypto import CannotDecrypt
from services.chassis.jobs import units_of
from services.chassis.sealed import SealedColumn

BATCH = 200
_PATIENCE = 60
_PAUSE_SECONDS = 0.5


@dataclass
class Outcome:
    """What became of a column's rows: rewritten, and (with nothing else to be done) unreadable under any known key."""

    rewritten: int = 0
    unreadable: int = 0
    left: int = 0


def sealed_columns(service: str) -> tuple[SealedColumn, ...]:
    """The sealed columns of ``service``; none if it has no such module."""
    name = f"services.{service}.sealed_columns"
    try:
        return tuple(importlib.import_module(name).SEALED_COLUMNS)
    except ModuleNotFoundError as error:
        if error.name != name:
            raise
        return ()


def rows_by_key(units: Any, sealed: SealedColumn) -> dict[str, int]:
    """How many rows stand under each key id."""
    kid = _kid(sealed)
    statement = sa.select(kid, sa.func.count()).where(sealed.column.is_not(None)).group_by(kid).order_by(kid)
    with units.reading() as uow:
        return {str(key): count for key, count in uow.session.execute(statement)}


def rotate(units: Any, sealed: SealedColumn, *, patience: int = _PATIENCE) -> Outcome:
    """Bring every row of a column under the current key; rows that stay locked for long are counted as ``left``."""
    outcome = Outcome()
    for _ in range(patience):
        outcome.unreadable = 0
        rewritten = _pass(units, sealed, outcome)
        outcome.rewritten += rewritten
        outcome.left = _left(units, sealed) - outcome.unreadable
        if outcome.left <= 0:
            outcome.left = 0
            break
        if not rewritten:
            time.sleep(_PAUSE_SECONDS)
    return outcome


def _pass(units: Any, sealed: SealedColumn, outcome: Outcome) -> int:
    """Once over the whole column."""
    after: tuple[Any, ...] | None = None
    rewritten = 0
    while True:
        with units() as uow:
            rows = uow.session.execute(_next_rows(sealed, uow.settings, after)).mappings().all()
            for row in rows:
                rewritten += _rewrite(uow, sealed, row, outcome)
        if len(rows) < BATCH:
            return rewritten
        after = tuple(rows[-1][key.name] for key in sealed.table.primary_key)


def _next_rows(sealed: SealedColumn, settings: Any, after: tuple[Any, ...] | None) -> sa.Select[Any]:
    keys = list(sealed.table.primary_key)
    statement = (
        sa.select(*keys, sealed.column)
        .where(sealed.column.is_not(None), _kid(sealed) != sealed.cipher_of(settings).current_id)
        .order_by(*keys)
        .limit(BATCH)
        .with_for_update(skip_locked=True)
    )
    if after is not None:
        statement = statement.where(
            sa.tuple_(*keys) > sa.tuple_(*(sa.literal(v, k.type) for v, k in zip(after, keys, strict=True)))
        )
    return statement


def _rewrite(uow: Any, sealed: SealedColumn, row: Any, outcome: Outcome) -> int:
    cipher, context, token = sealed.cipher_of(uow.settings), sealed.context_of(row), row[sealed.column.name]
    try:
        text = cipher.decrypt(token, context)
    except CannotDecrypt:
        outcome.unreadable += 1
        return 0
    same_row = [key == row[key.name] for key in sealed.table.primary_key]
    # the row is locked; that the token is still the one that was read costs nothing to ask
    statement = sa.update(sealed.table).where(*same_row, sealed.column == token)
    uow.session.execute(statement.values({sealed.column.name: cipher.encrypt(text, context)}))
    return 1


def _left(units: Any, sealed: SealedColumn) -> int:
    with units.reading() as uow:
        current = sealed.cipher_of(uow.settings).current_id
    return sum(count for kid, count in rows_by_key(units, sealed).items() if kid != current)


def _kid(sealed: SealedColumn) -> sa.ColumnElement[str]:
    """The key id inside a token (``v1.<kid>.<body>``)."""
    return sa.func.split_part(sealed.column, ".", 2)


def main(service: str, columns: Iterable[SealedColumn], *, status: bool) -> int:
    """Rotate, or count, and say so; 1 if a row could not be brought under the current key."""
    units = units_of(service)
    failed = 0
    for sealed in columns:
        if status:
            counts = rows_by_key(units, sealed)
            print(f"{service}: {sealed.name}: {', '.join(f'{kid} {n}' for kid, n in counts.items()) or 'no rows'}")
            continue
        outcome = rotate(units, sealed)
        failed |= bool(outcome.unreadable or outcome.left)
        print(
            f"{service}: {sealed.name}: {outcome.rewritten} rewritten, {outcome.left} locked by somebody,"
            f" {outcome.unreadable} under a key that is not there"
        )
    return int(failed)


if __name__ == "__main__":
    if len(sys.argv) not in (2, 3) or sys.argv[2:] not in ([], ["status"]):
        sys.exit(__doc__)
    sys.exit(main(sys.argv[1], sealed_columns(sys.argv[1]), status=bool(sys.argv[2:])))
