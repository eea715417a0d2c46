"""How much waits to be decided, and since when: what every kind of reviews is counted by."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session


@dataclass(frozen=True, slots=True)
class Waiting:
    """So many wait; ``since``: when the first of them was handed in, None if none waits."""

    count: int
    since: datetime | None


def count_of(session: Session, waiting: Any, handed_in_at: Any) -> Waiting:
    """Of all that the statement ``waiting`` finds; ``handed_in_at`` is the column by which the oldest comes first."""
    columns = sa.func.count(), sa.func.min(handed_in_at)
    count, since = session.execute(waiting.with_only_columns(*columns, maintain_column_froms=True)).one()
    return Waiting(count, since)
