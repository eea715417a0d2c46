"""What the screen at the door shows: the code of this moment, and who has come and gone.

The screen asks every second what has changed. Changes are found by the transaction that made them: everything from the
oldest one still under way at the last look on. So none is missed, however late it commits; some are seen twice, and
whoever watches puts them in place by ``record_id``. (To ask for times or ids after the last one seen would miss what
commits late.)

Names are masked: the screen hangs where everybody sees it.
"""

from __future__ import annotations

from typing import Any

from services.attendance import commands
from services.attendance.domain import Direction
from services.attendance.models import ServiceRecord
from services.attendance.repository import AttendanceUnitOfWork
from services.attendance.repository.watching import Cursor
from services.attendance.use_cases.scanning import attended
from services.chassis.masking import masked_name

MOST_CHANGES = 500
"""How many changes one look takes; whoever gets so many looks again at once."""


def watch_attendance(query: commands.WatchAttendance, uow: AttendanceUnitOfWork) -> dict[str, Any]:
    """The code to show now, and what has changed since the last look; without one, everything from the beginning."""
    _, shift = attended(uow, query.activity_id, query.shift_id)
    cursor = Cursor.parse(query.since) if query.since else Cursor(0, 0, None)
    changed, following = uow.watching.changes(shift.id, cursor, MOST_CHANGES)
    return {
        "code": uow.settings.codes.show(shift.id, Direction(query.kind), uow.clock.now()),
        "items": [_shown(record, name) for record, name in changed],
        "cursor": str(following),
        "more": len(changed) == MOST_CHANGES,
        "signed_in": uow.watching.signed_in(shift.id) if changed or not query.since else None,
    }


def _shown(record: ServiceRecord, name: str | None) -> dict[str, Any]:
    return {
        "record_id": record.id,
        "version": record.version,
        "name": masked_name(name or ""),
        "status": record.status,
        "provenance": record.provenance,
        "signed_in_at": record.signed_in_at,
        "signed_out_at": record.signed_out_at,
        "minutes": record.minutes,
    }
