"""Who saw that a volunteer served: a name of somebody else, kept sealed and shown only to who judges the claim."""

from __future__ import annotations

from services.attendance.models import MissingEntry
from services.attendance.repository import AttendanceUnitOfWork

_CONTEXT = "missing_entry.witness:{}"


def sealed_witness(uow: AttendanceUnitOfWork, entry_id: str, name: str | None) -> str | None:
    """The name as it is kept."""
    return None if name is None else str(uow.settings.message_cipher.encrypt(name, _CONTEXT.format(entry_id)))


def witness_of(uow: AttendanceUnitOfWork, entry: MissingEntry) -> str | None:
    """The name, opened."""
    sealed = entry.witness_sealed
    return None if sealed is None else str(uow.settings.message_cipher.decrypt(sealed, _CONTEXT.format(entry.id)))
