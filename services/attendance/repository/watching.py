"""What has changed at a shift since somebody looked."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Self

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.attendance.domain import RecordStatus
from services.attendance.models import ServiceRecord, VolunteerCopy
from services.attendance.models.base import ID
from services.chassis.errors import FieldError, Invalid

_TEXT = re.compile(r"(\d{1,18})-(\d{1,18})(?:-([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}))?")


@dataclass(frozen=True, slots=True)
class Cursor:
    """How far somebody has looked: up to record ``after`` of transaction ``transaction``.

    ``floor``: the oldest transaction that was under way when this round of looks began; the next round begins there.
    """

    floor: int
    transaction: int
    after: str | None

    def __str__(self) -> str:
        return f"{self.floor}-{self.transaction}" + ("" if self.after is None else f"-{self.after}")

    @classmethod
    def parse(cls, text: str) -> Self:
        """From what ``str`` made of one; raises ``Invalid``."""
        found = _TEXT.fullmatch(text)
        if found is None:
            raise Invalid(FieldError("since", "invalid_cursor", "游标无效", "is no cursor of this stream"))
        return cls(int(found[1]), int(found[2]), found[3])


class WatchingRepository:
    """Changes of records, in the order of the transactions that made them."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def changes(
        self, shift_id: str, cursor: Cursor, most: int
    ) -> tuple[Sequence[tuple[ServiceRecord, str | None]], Cursor]:
        """Records of a shift that changed since ``cursor`` with their volunteers' names, and where to look next."""
        after = sa.tuple_(ServiceRecord.changed_in, ServiceRecord.id) > sa.tuple_(
            sa.literal(cursor.transaction, sa.BigInteger), sa.literal(cursor.after or _BEFORE_THE_FIRST, ID)
        )
        rows: Sequence[Any] = self._session.execute(
            # one statement, one snapshot: what is not under way now is in the rows, or before the cursor
            sa.select(ServiceRecord, VolunteerCopy.name, _OLDEST_UNDER_WAY)
            .join(VolunteerCopy, VolunteerCopy.id == ServiceRecord.volunteer_id, isouter=True)
            .where(ServiceRecord.shift_id == shift_id, ServiceRecord.changed_in >= cursor.transaction, after)
            .order_by(ServiceRecord.changed_in, ServiceRecord.id)
            .limit(most)
        ).all()
        floor = int(rows[0][2]) if rows and cursor.after is None else cursor.floor
        last = rows[-1][0] if len(rows) == most else None
        following = Cursor(floor, floor, None) if last is None else Cursor(floor, last.changed_in, last.id)
        return [(record, name) for record, name, _ in rows], following

    def signed_in(self, shift_id: str) -> int:
        """How many are there now."""
        statement = sa.select(sa.func.count()).where(
            ServiceRecord.shift_id == shift_id, ServiceRecord.status == RecordStatus.OPEN
        )
        return self._session.scalar(statement) or 0


_BEFORE_THE_FIRST = "00000000-0000-0000-0000-000000000000"
_OLDEST_UNDER_WAY: sa.ColumnElement[int] = sa.literal_column("pg_snapshot_xmin(pg_current_snapshot())::text::bigint")
