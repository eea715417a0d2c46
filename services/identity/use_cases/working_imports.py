"""What is done with the rows of a file: checked, and when somebody asks for it imported, batch by batch.

Each batch is one transaction: rows, people, events, counts. Where a process dies, the next one finds the rows that are
still to be done by their state. A batch that fails is rolled back whole, and another import has its turn first.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

from services.chassis.logs import get_logger
from services.identity.domain.imports import ImportStatus, RowState, change_import
from services.identity.metrics import IMPORT_ROWS
from services.identity.models import ImportJob
from services.identity.repository import IdentityUnitOfWork
from services.identity.use_cases.importing_volunteers import check_volunteers, import_volunteers
from services.identity.use_cases.reading_rows import ReadRow

log = get_logger(__name__)

CHECKED_AT_ONCE = 500
IMPORTED_AT_ONCE = 200
# A run ends after so many seconds, so that a service that is told to stop is not kept.
_RUN_SECONDS = 5.0


def work_on_imports(units: Any) -> None:
    """Batches, of whichever import has waited longest, until there are none or the time is up."""
    until = time.monotonic() + _RUN_SECONDS
    while time.monotonic() < until:
        if not work_on_one_batch(units):
            return


def work_on_one_batch(units: Any) -> bool:
    """One batch of one import; False if there is none to be done now."""
    import_id = None
    try:
        with units() as uow:
            job = uow.imports.next_work()
            if job is None:
                return False
            import_id = job.id
            _work(uow, job)
    except Exception:
        if import_id is None:
            raise
        log.warning("import_batch_failed", import_id=import_id, exc_info=True)
        _postpone(units, import_id)
        return False
    return True


def _work(uow: IdentityUnitOfWork, job: ImportJob) -> None:
    if job.status == ImportStatus.CHECKING:
        rows = uow.imports.batch(job, RowState.STAGED, CHECKED_AT_ONCE)
        if rows:
            _checked(uow, job, check_volunteers(uow, job, rows))
        else:
            job.status = change_import(job.status, ImportStatus.CHECKED)
    else:
        rows = uow.imports.batch(job, RowState.GOOD, IMPORTED_AT_ONCE)
        if rows:
            _imported(uow, job, import_volunteers(uow, job, rows))
        else:
            job.status = change_import(job.status, ImportStatus.DONE)
            job.finished_at = uow.clock.now()
            uow.imports.blank_open_rows(job)
            uow.audit("import.done", f"import:{job.id}", imported=job.imported, failed=job.failed, bad=job.bad)
    job.touched_at = uow.clock.now()
    job.version += 1


def _checked(uow: IdentityUnitOfWork, job: ImportJob, rows: Sequence[ReadRow]) -> None:
    bad = _settle(uow, job, rows, RowState.GOOD, RowState.BAD)
    job.checked += len(rows)
    job.bad += bad
    job.good += len(rows) - bad


def _imported(uow: IdentityUnitOfWork, job: ImportJob, rows: Sequence[ReadRow]) -> None:
    failed = _settle(uow, job, rows, RowState.IMPORTED, RowState.FAILED)
    job.failed += failed
    job.imported += len(rows) - failed


def _settle(uow: IdentityUnitOfWork, job: ImportJob, rows: Sequence[ReadRow], well: RowState, ill: RowState) -> int:
    """Write down what has become of the rows; answers how many have faults."""
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


def _postpone(units: Any, import_id: str) -> None:
    with units() as uow:
        job = uow.session.get(ImportJob, import_id, with_for_update=True)
        if job is not None:
            job.touched_at = uow.clock.now()
