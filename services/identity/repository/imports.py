"""Queries about imports, and those that ask about a whole batch of people at once."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from services.chassis.errors import Forbidden, NotFound
from services.chassis.organizations import is_below
from services.identity.domain.access import AccountKind
from services.identity.domain.imports import ImportStatus, RowState
from services.identity.models import Account, ImportJob, ImportRow, Principal, Volunteer
from services.identity.models.base import Base

if TYPE_CHECKING:
    from services.identity.repository import IdentityUnitOfWork

IMPORTERS = ("owner", "reviewer")
_ORGANIZATION = Base.metadata.tables["organization_copy"]
_SETTLE = sa.text("""
UPDATE import_row SET
    state = told.state,
    errors = told.errors,
    cert_no_digest = coalesce(decode(told.cert_no_digest, 'hex'), import_row.cert_no_digest),
    phone_digest = coalesce(decode(told.phone_digest, 'hex'), import_row.phone_digest),
    subject_id = coalesce(told.subject_id, import_row.subject_id),
    payload_sealed = CASE WHEN told.state = 'imported' THEN NULL ELSE import_row.payload_sealed END
FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS told(
    id uuid, state text, errors jsonb, cert_no_digest text, phone_digest text, subject_id uuid
)
WHERE import_row.id = told.id
""")
_WORK = (ImportStatus.CHECKING, ImportStatus.IMPORTING)
_OVER = (ImportStatus.DONE, ImportStatus.CANCELLED)


class ImportRepository:
    """Imports and their rows."""

    def __init__(self, uow: IdentityUnitOfWork) -> None:
        self._uow = uow

    def require(self, import_id: str, *, lock: bool = False) -> ImportJob:
        """An import of an organization where the caller is an owner or reviewer, or of one below.

        Raises ``NotFound`` for those with no role there, ``Forbidden`` for those with a lesser one.
        """
        job = self._uow.session.get(ImportJob, import_id, with_for_update=lock or None)
        organizations = self._uow.organizations
        if job is None or not organizations.reaches(job.organization_id, *IMPORTERS, "organizer", "recorder", "viewer"):
            raise NotFound(what="import")
        if not organizations.reaches(job.organization_id, *IMPORTERS):
            raise Forbidden()
        return job

    def receiving(self, organization_id: str, kind: str, sha256: str, account_id: str) -> ImportJob | None:
        """The import of this very file that the same person began and that was interrupted."""
        return self._uow.session.scalar(
            sa.select(ImportJob)
            .where(
                ImportJob.organization_id == organization_id,
                ImportJob.kind == kind,
                ImportJob.sha256 == sha256,
                ImportJob.created_by == account_id,
                ImportJob.status == ImportStatus.RECEIVING,
            )
            .order_by(ImportJob.created_at.desc())
            .limit(1)
        )

    def of_organization(self, organization_id: str) -> sa.Select[Any]:
        """The imports into an organization."""
        return sa.select(ImportJob).where(ImportJob.organization_id == organization_id)

    def next_work(self) -> ImportJob | None:
        """The import whose turn it is, locked; None if there is none that nobody else works on."""
        return self._uow.session.scalar(
            sa.select(ImportJob)
            .where(ImportJob.status.in_(_WORK))
            .order_by(ImportJob.touched_at)
            .limit(1)
            .with_for_update(skip_locked=True)
        )

    def stage(self, rows: Sequence[Mapping[str, Any]]) -> int:
        """Add rows; answers how many had not been there."""
        statement = insert(ImportRow).on_conflict_do_nothing(constraint="uq_import_row_place").returning(ImportRow.id)
        return len(self._uow.session.scalars(statement, rows).all())

    def batch(self, job: ImportJob, state: RowState, limit: int) -> Sequence[ImportRow]:
        """The next rows in ``state``, in the file's order."""
        return self._uow.session.scalars(
            sa.select(ImportRow)
            .where(ImportRow.job_id == job.id, ImportRow.state == state)
            .order_by(ImportRow.row_no)
            .limit(limit)
        ).all()

    def first_with(self, job: ImportJob, column: Any, digests: Collection[bytes], before: int) -> dict[bytes, int]:
        """Which of ``digests`` stand in rows before ``before``, and where first."""
        rows = self._uow.session.execute(
            sa.select(column, sa.func.min(ImportRow.row_no))
            .where(ImportRow.job_id == job.id, column.in_(digests), ImportRow.row_no < before)
            .group_by(column)
        )
        return {bytes(digest): row_no for digest, row_no in rows}

    def settle(self, rows: Sequence[Mapping[str, Any]]) -> None:
        """Write down what has become of many rows, in one statement. What was imported is blanked."""
        told = [{name: _plain(value) for name, value in row.items()} for row in rows]
        self._uow.session.execute(_SETTLE, {"rows": json.dumps(told)})

    def with_errors(self, import_id: str) -> sa.Select[Any]:
        """The rows that cannot be imported."""
        states = (RowState.BAD, RowState.FAILED)
        return sa.select(ImportRow).where(ImportRow.job_id == import_id, ImportRow.state.in_(states))

    def blank_open_rows(self, job: ImportJob) -> None:
        """What will not be imported any more is not kept."""
        self._uow.session.execute(
            sa.update(ImportRow)
            .where(ImportRow.job_id == job.id, ImportRow.payload_sealed.is_not(None))
            .values(payload_sealed=None, cert_no_digest=None, phone_digest=None)
        )

    def forgotten(self, before: datetime) -> Sequence[ImportJob]:
        """Imports that nobody went on with since ``before``."""
        return self._uow.session.scalars(
            sa.select(ImportJob)
            .where(ImportJob.touched_at < before, ImportJob.status.not_in([*_WORK, *_OVER]))
            .with_for_update(skip_locked=True)
        ).all()

    def purge_rows(self, before: datetime, limit: int) -> None:
        """Delete up to ``limit`` rows of imports that were over before ``before``; the counts stay."""
        over = sa.select(ImportJob.id).where(ImportJob.finished_at < before)
        rows = sa.select(ImportRow.id).where(ImportRow.job_id.in_(over)).limit(limit)
        self._uow.session.execute(sa.delete(ImportRow).where(ImportRow.id.in_(rows)))

    def forget(self, volunteer_id: str) -> None:
        """Blank the row that an erased volunteer came from."""
        row = sa.update(ImportRow).where(ImportRow.subject_id == volunteer_id)
        self._uow.session.execute(row.values(payload_sealed=None, cert_no_digest=None, phone_digest=None, errors=[]))

    def lock(self, import_id: str, status: ImportStatus) -> ImportJob | None:
        """The import, locked, if it still stands there."""
        job = self._uow.session.get(ImportJob, import_id, with_for_update=True)
        return job if job is not None and job.status == status else None

    def reservation(self, organization_id: str) -> Principal | None:
        """Who was reserved as the principal of an organization that is being imported."""
        return self._uow.session.scalar(sa.select(Principal).where(Principal.organization_id == organization_id))

    # a batch of people at once

    def certificates_in_use(self, digests: Collection[bytes]) -> set[bytes]:
        """Which of these certificates somebody has registered with."""
        return self._known(sa.select(Volunteer.cert_no_digest).where(Volunteer.cert_no_digest.in_(digests)))

    def phones_in_use(self, digests: Collection[bytes]) -> set[bytes]:
        """Which of these phones a volunteer uses."""
        return self._known(
            sa.select(Account.phone_digest).where(
                Account.kind == AccountKind.VOLUNTEER, Account.phone_digest.in_(digests)
            )
        )

    def emails_in_use(self, digests: Collection[bytes]) -> set[bytes]:
        """Which of these mail addresses a volunteer uses."""
        return self._known(
            sa.select(Account.email_digest).where(
                Account.kind == AccountKind.VOLUNTEER, Account.email_digest.in_(digests)
            )
        )

    def account_names_in_use(self, names: Collection[str]) -> set[str]:
        """Which of these account names are taken."""
        return set(self._uow.session.scalars(sa.select(Account.account_name).where(Account.account_name.in_(names))))

    def numbers_in_use(self, numbers: Collection[str]) -> set[str]:
        """Which of these volunteer numbers are taken."""
        return set(
            self._uow.session.scalars(sa.select(Volunteer.volunteer_no).where(Volunteer.volunteer_no.in_(numbers)))
        )

    def organizations_called(self, top_id: str, paths: Iterable[tuple[str, ...]]) -> dict[tuple[str, ...], str]:
        """The active organizations that names lead to from ``top_id`` down; what leads nowhere is left out."""
        found: dict[tuple[str, ...], str] = {(): top_id}
        for path in sorted(set(paths), key=len):
            for depth in range(1, len(path) + 1):
                parent, here = found.get(path[: depth - 1]), path[:depth]
                if here in found or parent is None:
                    continue
                child = self._child(parent, here[-1])
                if child is not None:
                    found[here] = child
        return found

    def _child(self, parent_id: str, name: str) -> str | None:
        table, parent = _ORGANIZATION, _ORGANIZATION.alias()
        return self._uow.session.scalar(
            sa.select(table.c.id)
            .join(parent, is_below(table.c.path, parent.c.path))
            .where(
                parent.c.id == parent_id,
                table.c.name == name,
                table.c.status == "active",
                sa.func.nlevel(table.c.path) == sa.func.nlevel(parent.c.path) + 1,
            )
        )

    def _known(self, statement: sa.Select[Any]) -> set[bytes]:
        return {bytes(digest) for digest in self._uow.session.scalars(statement)}


def _plain(value: Any) -> Any:
    return value.hex() if isinstance(value, bytes) else value
