"""Attendance's sealed columns: one line each (``services/chassis/sealed.py``)."""

from __future__ import annotations

from services.attendance.models import MissingEntry, Objection, ServiceCertificate
from services.chassis.sealed import SealedColumn

SEALED_COLUMNS = (
    SealedColumn(Objection.contact_sealed, "objection:{id}", "message_cipher"),
    SealedColumn(MissingEntry.witness_sealed, "missing_entry.witness:{id}", "message_cipher"),
    SealedColumn(ServiceCertificate.code_sealed, "certificate:{id}", "message_cipher"),
)
