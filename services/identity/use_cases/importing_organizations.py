"""Organizations that their superior registers: organization is asked about a batch, then for one after the other.

No transaction is open while organization is asked. An organization is registered as over HTTP
(``registering_organizations.py``): first an account is reserved, and its organization's id written into the row, so
that a process that dies is followed by one that asks for the very same organization again.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from services.chassis.errors import AppError, FieldError, Invalid
from services.identity import commands
from services.identity.domain.imports import ImportKind, ImportStatus, RowState, path_names
from services.identity.models import Account, ImportJob, ImportRow
from services.identity.repository import IdentityUnitOfWork
from services.identity.use_cases.importing_volunteers import mark_repeated
from services.identity.use_cases.papers import ACCOUNT_IN_USE
from services.identity.use_cases.reading_rows import ReadRow, read_rows
from services.identity.use_cases.registering_organizations import Reservation, confirm, reserve_account
from services.identity.use_cases.registering_volunteers import AskOrganization
from services.identity.use_cases.settling import settle_checked, settle_imported

AT_ONCE = 100
UNKNOWN_PARENT = FieldError(
    "parent",
    "unknown_parent",
    "本组织以下没有这个启用的组织",
    "leads to no active organization below the importing one",
)
_COLUMNS = {"parent_id": "parent"}  # organization's word for a column, where it is another
_NOBODY = "00000000-0000-0000-0000-000000000000"  # stands for ids that a registration will have
_Paths = dict[tuple[str, ...], str]


def work(units: Any, import_id: str, status: ImportStatus, ask: AskOrganization) -> None:
    """A batch checked, or one organization imported. Raises what organization refuses while it is away."""
    if status is ImportStatus.CHECKING:
        _check(units, import_id, ask)
    else:
        _import_one(units, import_id, ask)


def _check(units: Any, import_id: str, ask: AskOrganization) -> None:
    with units() as uow:
        job = uow.imports.lock(import_id, ImportStatus.CHECKING)
        if job is None:
            return
        rows = uow.imports.batch(job, RowState.STAGED, AT_ONCE)
        if not rows:
            return
        found, parents = _examine(uow, job, rows)
    asked = [row for row in found if not row.faults]
    if asked:
        said = [_registration(row, parents, _NOBODY, _NOBODY) for row in asked]
        for row, faults in zip(asked, ask("check_registrations", {"rows": said})["items"], strict=True):
            row.faults += [FieldError(_column(f["field"]), f["code"], f["zh"], f["en"]) for f in faults]
    with units() as uow:
        job = uow.imports.lock(import_id, ImportStatus.CHECKING)
        if job is not None and _still(uow, job, RowState.STAGED, rows):
            settle_checked(uow, job, found)


def _examine(uow: IdentityUnitOfWork, job: ImportJob, rows: Sequence[ImportRow]) -> tuple[list[ReadRow], _Paths]:
    found = read_rows(uow, ImportKind.ORGANIZATIONS, rows)
    mark_repeated(uow, job, found, "account", ImportRow.cert_no_digest, lambda row: row.cert_no_digest)
    mark_repeated(uow, job, found, "name", ImportRow.phone_digest, lambda row: row.phone_digest)
    formed = [row for row in found if row.cells is not None]
    parents = uow.imports.organizations_called(job.organization_id, {path_names(row.cells.parent) for row in formed})
    taken = uow.imports.account_names_in_use([row.cells.account.lower() for row in formed])
    for row in formed:
        if path_names(row.cells.parent) not in parents:
            row.faults.append(UNKNOWN_PARENT)
        if row.cells.account.lower() in taken:
            row.faults.append(ACCOUNT_IN_USE)
    return found, parents


def _import_one(units: Any, import_id: str, ask: AskOrganization) -> None:
    with units() as uow:
        job = uow.imports.lock(import_id, ImportStatus.IMPORTING)
        rows = [] if job is None else uow.imports.batch(job, RowState.GOOD, 1)
        if job is None or not rows:
            return
        row, approved_by = read_rows(uow, ImportKind.ORGANIZATIONS, rows)[0], job.executed_by
        parents = uow.imports.organizations_called(job.organization_id, {path_names(row.cells.parent)})
        reserved = _reserve(uow, row, parents)
        if reserved is None:
            settle_imported(uow, job, [row])
            return
        request = _registration(row, parents, reserved.organization_id, reserved.account_id)
    administrator_id = None
    try:
        administrator_id = ask("register_organization", {**request, "approved_by": approved_by})["administrator_id"]
    except AppError as refusal:
        if refusal.status >= 500:  # perhaps it was done: the same is asked again
            raise
        row.faults += _faults_of(refusal)
    with units() as uow:
        job = uow.imports.lock(import_id, ImportStatus.IMPORTING) or uow.imports.lock(import_id, ImportStatus.CANCELLED)
        if administrator_id is not None:
            confirm(uow, reserved, administrator_id)
        else:
            uow.session.delete(uow.session.get_one(Account, reserved.account_id))
        if job is not None and _still(uow, job, RowState.GOOD, rows):
            settle_imported(uow, job, [row])


def _reserve(uow: IdentityUnitOfWork, row: ReadRow, parents: _Paths) -> Reservation | None:
    """The account of this row, made now or before; None, with a fault, if the row has been overtaken."""
    known = None if row.row.subject_id is None else uow.imports.reservation(row.row.subject_id)
    if known is not None:
        row.subject_id = known.organization_id
        return Reservation(known.account_id, known.organization_id)
    cells, certificate = row.cells, row.certificate
    if path_names(cells.parent) not in parents:
        row.faults.append(UNKNOWN_PARENT)
    if uow.imports.account_names_in_use([cells.account.lower()]):
        row.faults.append(ACCOUNT_IN_USE)
    if row.faults or certificate is None:
        return None
    reserved = reserve_account(uow, _command(row, parents), certificate, password_hash=None)
    row.row.subject_id = row.subject_id = reserved.organization_id
    return reserved


def _command(row: ReadRow, parents: _Paths) -> commands.RegisterOrganization:
    cells, certificate = row.cells, row.certificate
    assert certificate is not None
    return commands.RegisterOrganization(
        name=cells.name,
        kind=cells.kind,
        parent_id=parents[path_names(cells.parent)],
        region=cells.region,
        uscc=cells.uscc,
        account=cells.account,
        password="",
        principal=commands.PrincipalPerson(
            name=cells.principal_name,
            cert_type=cells.principal_cert_type,
            cert_no=certificate.number,
            phone=cells.principal_phone,
            birth_date=certificate.birth_date,
        ),
        code="",
    )


def _registration(row: ReadRow, parents: _Paths, organization_id: str, account_id: str) -> dict[str, Any]:
    cells = row.cells
    return {
        "organization_id": organization_id,
        "name": cells.name,
        "kind": cells.kind,
        "parent_id": parents.get(path_names(cells.parent)),
        "region": cells.region,
        "uscc": cells.uscc,
        "account_id": account_id,
        "principal_name": cells.principal_name,
    }


def _faults_of(refusal: AppError) -> list[FieldError]:
    if isinstance(refusal, Invalid):
        return [FieldError(_column(error.field), error.code, error.zh, error.en) for error in refusal.errors]
    return [FieldError("name", refusal.code, refusal.detail("zh"), refusal.detail("en"))]


def _column(field: str) -> str:
    return _COLUMNS.get(field, field)


def _still(uow: IdentityUnitOfWork, job: ImportJob, state: RowState, rows: Sequence[ImportRow]) -> bool:
    """Whether nobody else has done these rows meanwhile."""
    now = uow.imports.batch(job, state, len(rows))
    return [row.id for row in now] == [row.id for row in rows]
