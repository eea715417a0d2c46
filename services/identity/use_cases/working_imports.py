"""What is done with the rows of a file: checked, and when somebody asks for it imported, batch by batch.

Each batch is one transaction: rows, people, events, counts. Where a process dies, the next one finds the rows that are
still to be done by their state. A batch that fails is rolled back whole, and another import has its turn first.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

from services.chassis.logs import get_logger
from services.identity.domain.imports import ImportKind, ImportStatus, RowState, change_import
from services.identity.models import ImportJob, ImportRow
from services.identity.repository import IdentityUnitOfWork
from services.identity.use_cases import importing_organizations
from services.identity.use_cases.importing_volunteers import check_volunteers, import_volunteers
from services.identity.use_cases.registering_volunteers import AskOrganization
from services.identity.use_cases.settling import settle_checked, settle_imported

log = get_logger(__name__)

CHECKED_AT_ONCE = 500
IMPORTED_AT_ONCE = 200
# A run ends after so many seconds, so that a service that is told to stop is not kept.
_RUN_SECONDS = 5.0


def work_on_imports(units: Any, ask_organization: AskOrganization) -> None:
    """Batches, of whichever import has waited longest, until there are none or the time is up."""
    until = time.monotonic() + _RUN_SECONDS
    while time.monotonic() < until:
        if not work_on_one_batch(units, ask_organization):
            return


def work_on_one_batch(units: Any, ask_organization: AskOrganization) -> bool:
    """One batch of one import; False if there is none to be done now."""
    import_id = None
    try:
        with units() as uow:
            job = uow.imports.next_work()
            if job is None:
                return False
            import_id, status = job.id, job.status
            rows = _rows_to_do(uow, job)
            if not rows:
                _end(uow, job)
            elif job.kind == ImportKind.VOLUNTEERS:
                _work_on_volunteers(uow, job, rows)
            job.touched_at = uow.clock.now()
            job.version += 1
            asks = bool(rows) and job.kind == ImportKind.ORGANIZATIONS
        if asks:
            importing_organizations.work(units, import_id, ImportStatus(status), ask_organization)
    except Exception:
        if import_id is None:
            raise
        log.warning("import_batch_failed", import_id=import_id, exc_info=True)
        _postpone(units, import_id)
        return False
    return True


def _rows_to_do(uow: IdentityUnitOfWork, job: ImportJob) -> Sequence[ImportRow]:
    if job.status == ImportStatus.CHECKING:
        return uow.imports.batch(job, RowState.STAGED, CHECKED_AT_ONCE)
    return uow.imports.batch(job, RowState.GOOD, IMPORTED_AT_ONCE)


def _work_on_volunteers(uow: IdentityUnitOfWork, job: ImportJob, rows: Sequence[ImportRow]) -> None:
    if job.status == ImportStatus.CHECKING:
        settle_checked(uow, job, check_volunteers(uow, job, rows))
    else:
        settle_imported(uow, job, import_volunteers(uow, job, rows))


def _end(uow: IdentityUnitOfWork, job: ImportJob) -> None:
    if job.status == ImportStatus.CHECKING:
        job.status = change_import(job.status, ImportStatus.CHECKED)
        return
    job.status = change_import(job.status, ImportStatus.DONE)
    job.finished_at = uow.clock.now()
    uow.imports.blank_open_rows(job)
    uow.audit("import.done", f"import:{job.id}", imported=job.imported, failed=job.failed, bad=job.bad)


def _postpone(units: Any, import_id: str) -> None:
    with units() as uow:
        job = uow.session.get(ImportJob, import_id, with_for_update=True)
        if job is not None:
            job.touched_at = uow.clock.now()
