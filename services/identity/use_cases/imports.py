"""Spreadsheets, as those see them who hand them in: receive, look, ask for the import, cancel.

The gateway turns a file into rows and sends them in order; a file that is sent again after an interruption is gone on
with behind the last row that arrived. What is done with the rows meanwhile stands in ``working_imports.py``.
"""

from __future__ import annotations

import json
from typing import Any

from services.chassis.ids import new_id
from services.chassis.pagination import PageResult
from services.identity import commands
from services.identity.domain.imports import ImportKind, ImportStatus, RowState, change_import
from services.identity.errors import (
    ImportFileDiffers,
    ImportHasErrors,
    ImportIncomplete,
    ImportingOrganizationNotActive,
    ImportNotReceiving,
)
from services.identity.models import ImportJob, ImportRow
from services.identity.repository import IdentityUnitOfWork
from services.identity.repository.imports import IMPORTERS
from services.identity.schemas.import_columns import heading

PAYLOAD = "import_row.payload"


def start_import(command: commands.StartImport, uow: IdentityUnitOfWork) -> ImportJob:
    """A new import, or the interrupted one of the same file. Raises ``NotFound``, ``Forbidden``, ``ImportFileDiffers``,
    ``ImportingOrganizationNotActive``."""
    if command.import_id is not None:
        known = uow.imports.require(command.import_id)
        if (known.sha256, known.organization_id, known.kind) != (
            command.sha256, command.organization_id, command.kind,
        ):  # fmt: skip
            raise ImportFileDiffers()
        return known
    if not uow.organizations.require(command.organization_id, *IMPORTERS).active:
        raise ImportingOrganizationNotActive()
    account_id, now = uow.caller.require_account(), uow.clock.now()
    known_file = uow.imports.receiving(command.organization_id, command.kind, command.sha256, account_id)
    if known_file is not None:
        return known_file
    job = ImportJob(
        id=new_id(),
        organization_id=command.organization_id,
        kind=command.kind,
        status=ImportStatus.RECEIVING.value,
        sha256=command.sha256,
        created_by=account_id,
        executed_by=None,
        created_at=now,
        touched_at=now,
        finished_at=None,
        last_row=0,
        rows=0,
        checked=0,
        good=0,
        bad=0,
        imported=0,
        failed=0,
        version=1,
    )
    uow.session.add(job)
    uow.session.flush()
    uow.audit("import.start", f"import:{job.id}", organization_id=job.organization_id, kind=job.kind)
    return job


def stage_rows(command: commands.StageImportRows, uow: IdentityUnitOfWork) -> ImportJob:
    """Keep the next rows, sealed; a row that has arrived before is left as it is. Raises ``ImportNotReceiving``."""
    job = _receiving(command.import_id, uow)
    rows = []
    for given in command.rows:
        row_id = new_id()
        cells = json.dumps(given.values, ensure_ascii=False, separators=(",", ":"))
        rows.append(
            {
                "id": row_id,
                "job_id": job.id,
                "row_no": given.row,
                "state": RowState.STAGED.value,
                "payload_sealed": uow.vault.seal(PAYLOAD, row_id, cells),
                "errors": [],
            }
        )
    job.rows += uow.imports.stage(rows)
    job.last_row = max(job.last_row, *(given.row for given in command.rows))
    _touch(job, uow)
    return job


def finish_staging(command: commands.FinishStaging, uow: IdentityUnitOfWork) -> ImportJob:
    """The file has ended: its rows are checked now. Raises ``ImportNotReceiving``, ``ImportIncomplete``."""
    job = _receiving(command.import_id, uow)
    if job.rows != command.rows:
        raise ImportIncomplete(expected=command.rows, received=job.rows)
    job.status = change_import(job.status, ImportStatus.CHECKING)
    _touch(job, uow)
    return job


def get_import(query: commands.ImportById, uow: IdentityUnitOfWork) -> ImportJob:
    """How far an import has come. Raises ``NotFound``, ``Forbidden``."""
    return uow.imports.require(query.import_id)


def list_imports(query: commands.ListImports, uow: IdentityUnitOfWork) -> PageResult[Any]:
    """An organization's imports, newest first. Raises ``NotFound``, ``Forbidden``."""
    uow.organizations.require(query.organization_id, *IMPORTERS)
    return uow.page(
        uow.imports.of_organization(query.organization_id),
        [(ImportJob.created_at, "desc"), (ImportJob.id, "desc")],
        limit=query.limit,
        cursor=query.cursor,
        scope=f"imports:{query.organization_id}",
    )


def list_errors(query: commands.ListImportErrors, uow: IdentityUnitOfWork) -> PageResult[Any]:
    """The rows that cannot be imported, each with all that is wrong. Raises ``NotFound``, ``Forbidden``."""
    job, locale = uow.imports.require(query.import_id), uow.caller.locale
    page = uow.page(
        uow.imports.with_errors(job.id),
        [ImportRow.row_no],
        limit=query.limit,
        cursor=query.cursor,
        scope=f"import errors:{job.id}",
    )
    items = [
        {
            "row": row.row_no,
            "state": row.state,
            "errors": [
                {
                    "column": error["column"],
                    "heading": heading(ImportKind(job.kind), error["column"], locale),
                    "code": error["code"],
                    "message": error[locale],
                }
                for error in row.errors
            ],
        }
        for row in page.items
    ]
    return PageResult(items, page.next_cursor)


def execute_import(command: commands.ExecuteImport, uow: IdentityUnitOfWork) -> ImportJob:
    """Import what was checked; the caller vouches for it. Raises ``ImportHasErrors``, ``IllegalTransition``."""
    job = uow.imports.require(command.import_id, lock=True)
    status = change_import(job.status, ImportStatus.IMPORTING)
    if job.bad and not command.only_good:
        raise ImportHasErrors(bad=job.bad)
    if not uow.organizations.get(job.organization_id).active:
        raise ImportingOrganizationNotActive()
    job.status, job.executed_by = status, uow.caller.require_account()
    _touch(job, uow)
    uow.audit("import.execute", f"import:{job.id}", good=job.good, bad=job.bad)
    return job


def cancel_import(command: commands.ImportById, uow: IdentityUnitOfWork) -> ImportJob:
    """Import nothing, or nothing more: who has been imported stays. Raises ``IllegalTransition`` when it is over."""
    job = uow.imports.require(command.import_id, lock=True)
    cancel(job, uow)
    return job


def cancel(job: ImportJob, uow: IdentityUnitOfWork) -> None:
    """End an import; what is known of people who are not volunteers is blanked at once."""
    job.status = change_import(job.status, ImportStatus.CANCELLED)
    job.finished_at = uow.clock.now()
    _touch(job, uow)
    uow.imports.blank_open_rows(job)
    uow.audit("import.cancel", f"import:{job.id}", imported=job.imported)


def _receiving(import_id: str, uow: IdentityUnitOfWork) -> ImportJob:
    job = uow.imports.require(import_id, lock=True)
    if job.status != ImportStatus.RECEIVING:
        raise ImportNotReceiving(status=job.status)
    return job


def _touch(job: ImportJob, uow: IdentityUnitOfWork) -> None:
    job.touched_at = uow.clock.now()
    job.version += 1
