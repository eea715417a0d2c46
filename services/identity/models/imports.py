"""Spreadsheets that are being imported."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from services.identity.models.base import UUID, Base


class ImportJob(Base):
    """One file, and how far it has come. The counts are those of its rows, kept with each batch.

    ``touched_at``: when a batch was last worked on; the one that has waited longest is next.
    """

    __tablename__ = "import_job"

    id: Mapped[str] = mapped_column(UUID, primary_key=True)
    organization_id: Mapped[str] = mapped_column(UUID)
    kind: Mapped[str]
    status: Mapped[str]
    sha256: Mapped[str]
    created_by: Mapped[str] = mapped_column(UUID)
    executed_by: Mapped[str | None] = mapped_column(UUID)
    created_at: Mapped[datetime]
    touched_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
    last_row: Mapped[int]  # of the file, as far as it has been staged
    rows: Mapped[int]
    checked: Mapped[int]
    good: Mapped[int]
    bad: Mapped[int]
    imported: Mapped[int]
    failed: Mapped[int]
    version: Mapped[int]

    __table_args__ = (
        sa.Index("ix_import_job_organization", "organization_id", "created_at", "id"),
        sa.Index("ix_import_job_work", "touched_at", postgresql_where=sa.text("status IN ('checking', 'importing')")),
    )


class ImportRow(Base):
    """One row of a file. Its cells are sealed as one, and blanked as soon as they have become an account.

    The digests find the same certificate, phone or account name elsewhere in the file.
    """

    __tablename__ = "import_row"

    id: Mapped[str] = mapped_column(UUID, primary_key=True)
    job_id: Mapped[str] = mapped_column(UUID, sa.ForeignKey("import_job.id", ondelete="CASCADE"))
    row_no: Mapped[int]
    state: Mapped[str]
    payload_sealed: Mapped[str | None]
    cert_no_digest: Mapped[bytes | None]
    phone_digest: Mapped[bytes | None]
    errors: Mapped[list[Any]] = mapped_column(JSONB)
    subject_id: Mapped[str | None] = mapped_column(UUID)  # the volunteer or organization that it became

    __table_args__ = (
        sa.UniqueConstraint("job_id", "row_no", name="uq_import_row_place"),
        sa.Index("ix_import_row_state", "job_id", "state", "row_no"),
        sa.Index("ix_import_row_cert_no", "job_id", "cert_no_digest"),
        sa.Index("ix_import_row_phone", "job_id", "phone_digest"),
        sa.Index("ix_import_row_subject", "subject_id", postgresql_where=sa.text("subject_id IS NOT NULL")),
    )
