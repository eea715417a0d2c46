"""A batch of sealed rows as people, with all that is wrong with each by itself.

Why this module exists: decrypting, schemas, check digits and digests take the processor for tens of milliseconds a
batch, so they run off the hub, and touch no database, no metric and no lock.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from services.chassis.clock import local_day
from services.chassis.errors import FieldError
from services.chassis.processor import off_the_hub
from services.identity.domain.access import account_name_fault
from services.identity.domain.certificates import Certificate, CertType
from services.identity.domain.imports import ImportKind, path_names
from services.identity.domain.people import AgePolicy
from services.identity.models import ImportRow
from services.identity.repository import IdentityUnitOfWork
from services.identity.schemas.import_columns import OrganizationRow, VolunteerRow, read_cells
from services.identity.use_cases.imports import PAYLOAD
from services.identity.use_cases.papers import Papers, read
from services.identity.vault import Vault

REGISTER_SINGLY = FieldError(
    "cert_no",
    "register_singly",
    "未成年人须由监护人同意，请单独注册",
    "is of a minor, who needs a guardian's consent: register them singly",
)


@dataclass
class ReadRow:
    """A row as it was read. ``cells`` is None if a cell has not the right form."""

    row: ImportRow
    cells: Any = None
    certificate: Certificate | None = None
    faults: list[FieldError] = field(default_factory=list)
    cert_no_digest: bytes | None = None
    phone_digest: bytes | None = None
    email_digest: bytes | None = None
    subject_id: str | None = None  # what it has become

    @property
    def errors(self) -> list[dict[str, str]]:
        """The faults as they are kept: without what stood in the cell."""
        return [{"column": f.field, "code": f.code, "zh": f.zh, "en": f.en} for f in self.faults]


@dataclass(frozen=True)
class _Rules:
    today: date
    patterns: Mapping[CertType, str]
    ages: AgePolicy
    vault: Vault


def read_rows(uow: IdentityUnitOfWork, kind: ImportKind, rows: Sequence[ImportRow]) -> list[ReadRow]:
    """The rows as people or organizations, read off the hub."""
    settings = uow.settings
    ages = settings.ages
    if kind is ImportKind.ORGANIZATIONS:
        ages = AgePolicy(minimum=settings.consent_below, consent_below=0, maximum=settings.max_age)
    rules = _Rules(local_day(uow.clock.now()), settings.certificate_patterns, ages, uow.vault)
    sealed = [(row.id, row.payload_sealed) for row in rows]
    reader = _volunteer if kind is ImportKind.VOLUNTEERS else _organization
    found = off_the_hub(_read_all, rules, kind, reader, sealed)
    for each, row in zip(found, rows, strict=True):
        each.row = row
    return found


def _read_all(
    rules: _Rules,
    kind: ImportKind,
    reader: Callable[[_Rules, Any, ReadRow], None],
    sealed: Sequence[tuple[str, str | None]],
) -> list[ReadRow]:
    found = []
    for row_id, payload in sealed:
        read_row = ReadRow(row=None)  # type: ignore[arg-type]  # a row of a session stays in its own thread
        cells = json.loads(rules.vault.open(PAYLOAD, row_id, payload) or "{}")
        read_row.cells, read_row.faults = read_cells(kind, cells)
        if read_row.cells is not None:
            reader(rules, read_row.cells, read_row)
        found.append(read_row)
    return found


def _volunteer(rules: _Rules, cells: VolunteerRow, found: ReadRow) -> None:
    papers = Papers(cells.cert_type, cells.cert_no, cells.birth_date)
    found.certificate, faults = read(papers, rules.ages, today=rules.today, patterns=rules.patterns)
    found.faults += [REGISTER_SINGLY if fault.code == "guardian_required" else fault for fault in faults]
    _digests(rules.vault, found, cells.phone)
    if cells.email is not None:
        found.email_digest = rules.vault.email_digest(cells.email)


def _organization(rules: _Rules, cells: OrganizationRow, found: ReadRow) -> None:
    papers = Papers(cells.principal_cert_type, cells.principal_cert_no, None)
    found.certificate, faults = read(papers, rules.ages, today=rules.today, patterns=rules.patterns)
    for fault in faults:
        if fault.code != "required":  # a principal's document needs no birth date
            found.faults.append(FieldError("principal_cert_no", fault.code, fault.zh, fault.en))
    bad_name = account_name_fault(cells.account.lower())
    if bad_name is not None:
        found.faults.append(bad_name)
    # What must not stand twice in a file: the account name, and the name below one parent. One person may answer for
    # several organizations, so their certificate and phone may.
    found.cert_no_digest = rules.vault.secret_digest("account name", cells.account.lower())
    place = "/".join((*path_names(cells.parent), cells.name))
    found.phone_digest = rules.vault.secret_digest("organization", place)


def _digests(vault: Vault, found: ReadRow, phone: str) -> None:
    if found.certificate is not None:
        found.cert_no_digest = vault.certificate_digest(found.certificate.type, found.certificate.number)
    found.phone_digest = vault.phone_digest(phone)
