"""A record that somebody disputes is frozen: it counts, is shown, and is confirmed by no timer until that is over.

Every function here expects the volunteer's lock (``CopyRepository.lock_volunteers``).
"""

from __future__ import annotations

from services.attendance.domain import RecordStatus, change_status
from services.attendance.models import ServiceRecord
from services.attendance.repository import AttendanceUnitOfWork


def freeze(record: ServiceRecord) -> None:
    """Freeze what is disclosed or confirmed; what is frozen already stays so."""
    if record.status == RecordStatus.CONFIRMED:
        record.status = change_status(record.status, RecordStatus.DISCLOSED)
    if record.status != RecordStatus.FROZEN:
        record.status = change_status(record.status, RecordStatus.FROZEN)
        record.version += 1


def unfreeze(uow: AttendanceUnitOfWork, record: ServiceRecord) -> None:
    """Back to disclosed, unless something else is open. What is overdue by then is confirmed by the timer."""
    uow.session.flush()
    if uow.objections.is_disputed(record.id):
        return
    record.status = change_status(record.status, RecordStatus.DISCLOSED)
    record.version += 1
