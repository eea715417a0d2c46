"""Queries about consents and exports."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from services.identity.models import ConsentRecord, DataExport, DataExportPart

if TYPE_CHECKING:
    from services.identity.repository import IdentityUnitOfWork


class ConsentRepository:
    """Consents, by whose they are."""

    def __init__(self, uow: IdentityUnitOfWork) -> None:
        self._uow = uow

    def of(self, account_id: str) -> Sequence[ConsentRecord]:
        """All that were ever given, the newest first."""
        statement = sa.select(ConsentRecord).where(ConsentRecord.account_id == account_id)
        order = (ConsentRecord.given_at.desc(), ConsentRecord.id.desc())
        return self._uow.session.scalars(statement.order_by(*order)).all()

    def lock(self, consent_id: str, account_id: str) -> ConsentRecord | None:
        """One of an account's, locked."""
        statement = sa.select(ConsentRecord).where(
            ConsentRecord.id == consent_id, ConsentRecord.account_id == account_id
        )
        return self._uow.session.scalar(statement.with_for_update())


class ExportRepository:
    """Exports and their parts."""

    def __init__(self, uow: IdentityUnitOfWork) -> None:
        self._uow = uow

    def of(self, export_id: str, account_id: str, now: datetime) -> DataExport | None:
        """One of an account's that has not expired."""
        export = self._uow.session.get(DataExport, export_id)
        return export if export is not None and export.account_id == account_id and export.expires_at > now else None

    def newest_of(self, account_id: str, since: datetime) -> DataExport | None:
        """The newest one that was asked for after ``since``."""
        statement = sa.select(DataExport).where(DataExport.account_id == account_id, DataExport.requested_at > since)
        return self._uow.session.scalar(statement.order_by(DataExport.requested_at.desc()).limit(1))

    def lock(self, export_id: str) -> DataExport | None:
        """One that its parts are about to join."""
        return self._uow.session.get(DataExport, export_id, with_for_update={"key_share": True})

    def parts(self, export_id: str) -> dict[str, str]:
        """Sealed documents by service."""
        statement = sa.select(DataExportPart.service, DataExportPart.document_sealed)
        rows = self._uow.session.execute(statement.where(DataExportPart.export_id == export_id))
        return {row.service: row.document_sealed for row in rows}

    def save_part(self, export_id: str, service: str, document_sealed: str, now: datetime) -> None:
        """What a service has handed over; the first answer stays."""
        values = {
            "export_id": export_id, "service": service, "document_sealed": document_sealed, "received_at": now
        }  # fmt: skip
        self._uow.session.execute(insert(DataExportPart).values(values).on_conflict_do_nothing())

    def forget(self, account_id: str) -> None:
        """Remove an account's exports."""
        self._uow.session.execute(sa.delete(DataExport).where(DataExport.account_id == account_id))

    def purge(self, now: datetime) -> None:
        """Remove what has expired."""
        self._uow.session.execute(sa.delete(DataExport).where(DataExport.expires_at <= now))
