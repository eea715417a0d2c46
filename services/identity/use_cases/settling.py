"""What has become of a batch of rows, written down with the counts of its import."""

from __future__ import annotations

from collections.abc import Sequence

from services.identity.domain.imports import RowState
from services.identity.metrics import IMPORT_ROWS
from services.identity.models import ImportJob
from services.identity.repository import IdentityUnitOfWork
from services.identity.use_cases.reading_rows import ReadRow


def settle_checked(uow: IdentityUnitOfWork, job: ImportJob, rows: Sequence[ReadRow]) -> None:
    """Rows with faults are bad, the others good."""
    bad = _settle(uow, job, rows, RowState.GOOD, RowState.BAD)
    job.checked += len(rows)
    job.bad += bad
    job.good += len(rows) - bad


def settle_imported(uow: IdentityUnitOfWork, job: ImportJob, rows: Sequence[ReadRow]) -> None:
    """Rows with faults have failed, the others are imported."""
    failed = _settle(uow, job, rows, RowState.IMPORTED, RowState.FAILED)
    job.failed += failed
    job.imported += len(rows) - failed


def _settle(uow: IdentityUnitOfWork, job: ImportJob, rows: Sequence[ReadRow], well: RowState, ill: RowState) -> int:
    uow.imports.settle(
        [
            {
                "id": row.row.id,
                "state": (ill if row.faults else well).value,
                "errors": row.errors,
                "cert_no_digest": row.cert_no_digest,
                "phone_digest": row.phone_digest,
                "subject_id": row.subject_id,
            }
            for row in rows
        ]
    )
    failed = sum(bool(row.faults) for row in rows)
    IMPORT_ROWS.labels(job.kind, well.value).inc(len(rows) - failed)
    IMPORT_ROWS.labels(job.kind, ill.value).inc(failed)
    return failed
